/**
 * A plugin of esbuild that makes code count its own steps: each call of a function and each turn of a loop. Tests of
 * `*.steps.test.ts` assert the number, which, unlike time, is the same on every machine.
 */
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import { transform } from 'esbuild';
import { readFile } from 'node:fs/promises';

/** In front of each bundle. Bundles of one process share the counter. */
export const stepCounterBanner = 'const skyrlSteps = (globalThis.skyrlSteps ??= { count: 0 });';
const step = 'skyrlSteps.count++';

/** @typedef {{ at: number, text: string }} Insertion */

/** @typedef {import('acorn').Node & { body?: import('acorn').Node }} NodeWithBody */

/** What to insert where, so that a node counts one step. @param {NodeWithBody} node @returns {Insertion[]} */
function insertionsFor({ type, body }) {
  if (!body) return [];
  const isLoop = /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(type);
  const isFunction = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type);
  if (!isLoop && !isFunction) return [];
  if (body.type === 'BlockStatement') return [{ at: body.start + 1, text: `${step};` }];
  return isLoop
    ? [
        { at: body.start, text: `{${step};` },
        { at: body.end, text: '}' },
      ]
    : [
        { at: body.start, text: `(${step},` },
        { at: body.end, text: ')' },
      ];
}

/** @param {string} code of a module @returns {string} the same, counting its steps; lines stay where they are */
export function countingSteps(code) {
  /** @type {Insertion[]} */
  const insertions = [];
  full(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), (node) => {
    insertions.push(...insertionsFor(/** @type {NodeWithBody} */ (node)));
  });
  // Nodes within come before those around them, so that equal offsets nest when inserted from the end.
  const ordered = insertions.map((insertion, order) => ({ ...insertion, order }));
  ordered.sort((a, b) => b.at - a.at || a.order - b.order);
  return ordered.reduce((text, { at, text: inserted }) => text.slice(0, at) + inserted + text.slice(at), code);
}

/** Instruments the modules of src. @type {import('esbuild').Plugin} */
export const stepCounter = {
  name: 'step-counter',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'ts', sourcefile: path });
      return { contents: countingSteps(code), loader: 'js' };
    });
  },
};

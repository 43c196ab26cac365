/** This project's own lint rule, as a plugin of oxlint. */
import { dirname, relative, resolve } from 'node:path';
import { importProblem } from './importDirection.mjs';
import { root } from './paths.mjs';

/**
 * An import, an export with a source, `import()`, or `import('…').Type`.
 * @typedef {object} ImportNode
 * @property {string} type
 * @property {unknown} [source]
 * @property {string} [importKind]
 * @property {string} [exportKind]
 */

/**
 * What the rule uses of oxlint's context for one file.
 * @typedef {object} Context
 * @property {string} filename absolute
 * @property {(problem: { node: ImportNode, message: string }) => void} report
 */

const importDirection = {
  /** @param {Context} context */
  create(context) {
    const file = fromRoot(context.filename);
    /** @param {ImportNode} node */
    const check = (node) => {
      const source = literalText(node.source);
      if (source === undefined) return;
      const target = source.startsWith('.') ? fromRoot(resolve(dirname(context.filename), source)) : '';
      const message = importProblem({ file, source, target, typeOnly: isTypeOnly(node) });
      if (message) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
    };
  },
};

export default { meta: { name: 'skyrl' }, rules: { 'import-direction': importDirection } };

/** @param {string} path absolute */
function fromRoot(path) {
  return relative(root, path).replaceAll('\\', '/');
}

/** @param {ImportNode} node */
function isTypeOnly({ type, importKind, exportKind }) {
  return importKind === 'type' || exportKind === 'type' || type === 'TSImportType';
}

/**
 * The text of a string literal, also where TypeScript wraps it as a type.
 * @param {unknown} node
 * @returns {string | undefined}
 */
function literalText(node) {
  if (typeof node !== 'object' || node === null) return undefined;
  if ('value' in node && typeof node.value === 'string') return node.value;
  return 'literal' in node ? literalText(node.literal) : undefined;
}

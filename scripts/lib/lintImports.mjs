/** The rules of who may import whom, as an ESLint plugin of this checkout. */
import { dirname, relative, resolve } from 'node:path';
import { root } from './paths.mjs';

/** The way of the data: a folder imports itself and those before it. */
const order = [
  'http',
  'config',
  'discovery',
  'exposition',
  'metrics',
  'history',
  'diagnosis',
  'collector',
  'prometheus',
  'promql',
  'generation',
  'capture',
  'views',
];
const webviewPackages = /^(chart\.js|@vscode\/webview-ui-toolkit)(\/|$)/;

/** @typedef {{ file: string, source: string, target: string, typeOnly: boolean }} Import `file` and `target` from the checkout's root */

/**
 * An import, an export with a source, `import()`, or `import('…').Type`.
 * @typedef {object} ImportNode
 * @property {string} type
 * @property {import('eslint').AST.SourceLocation | null | undefined} [loc]
 * @property {object | null | undefined} [source]
 * @property {string | undefined} [importKind]
 */

/** @param {Import} i @returns {string | undefined} what is wrong with it */
function vscodeImport({ file, source, typeOnly }) {
  if (source !== 'vscode' || /^(src\/(extension|container)\.ts$|src\/views\/|test\/vscode\/)/.test(file))
    return undefined;
  if (file === 'src/api.ts' && typeOnly) return undefined;
  return 'only src/extension.ts, src/container.ts and src/views may import vscode (src/api.ts its types)';
}

/** @param {Import} i @returns {string | undefined} */
function hostImport({ file, target }) {
  const from = /^src\/([^/]+)(\/?)/.exec(file);
  if (!from || !target || /^src\/(extension|container)\.ts$/.test(file)) return undefined;
  const to = /^src\/([^/]+)\//.exec(target)?.[1];
  if (!target.startsWith('src/')) return 'src imports nothing outside src';
  if (to === 'shared') return undefined;
  const folder = from[2] ? from[1] : undefined;
  if (!folder || folder === 'shared') return `${folder ? 'src/shared' : 'this file'} may import src/shared only`;
  if (target === 'src/api' || to === folder) return undefined;
  if (!order.includes(folder))
    return `src/${folder} has no place in the order of folders yet (scripts/lib/lintImports.mjs)`;
  if (to && order.includes(to) && order.indexOf(to) < order.indexOf(folder)) return undefined;
  return `imports go one way: ${order.join(' < ')}; src/${folder} may not import ${to ? `src/${to}` : target}`;
}

/** @param {Import} i @returns {string | undefined} */
function webviewImport({ file, source, target }) {
  if (!file.startsWith('webview/')) return undefined;
  const allowed = target
    ? target.startsWith('webview/') || target.startsWith('src/shared/') || target === 'src/metrics/catalog'
    : webviewPackages.test(source);
  return allowed
    ? undefined
    : 'the webview imports its own files, src/shared, the catalog, chart.js and the toolkit only';
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

/** @type {import('eslint').Rule.RuleModule} */
const direction = {
  meta: { type: 'problem', schema: [], messages: { wrong: '{{ reason }}' } },
  create(context) {
    const file = relative(root, context.filename).replaceAll('\\', '/');
    /** @param {ImportNode} node */
    const check = (node) => {
      const source = literalText(node.source);
      if (source === undefined) return;
      const target = source.startsWith('.')
        ? relative(root, resolve(dirname(context.filename), source)).replaceAll('\\', '/')
        : '';
      const described = { file, source, target, typeOnly: node.importKind === 'type' || node.type === 'TSImportType' };
      const reason = vscodeImport(described) ?? hostImport(described) ?? webviewImport(described);
      if (reason) context.report({ loc: node.loc ?? { line: 1, column: 0 }, messageId: 'wrong', data: { reason } });
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

export const imports = { rules: { direction } };

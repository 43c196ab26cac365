/** Which file may import which: the rule behind the lint rule `skyrl/import-direction`. */

/** The folders of src in the direction of the data: each imports itself and those before it. */
export const order = [
  'shared',
  'http',
  'config',
  'discovery',
  'exposition',
  'metrics',
  'history',
  'rollouts',
  'diagnosis',
  'collector',
  'prometheus',
  'promql',
  'generation',
  'capture',
  'runs',
  'comparison',
  'assistant',
  'views',
];

/** The entry and the composition root connect everything, so they may import everything. */
const connecting = ['src/extension.ts', 'src/container.ts'];
const vscodeUsers = /^(src\/(extension|container)\.ts$|src\/views\/|test\/vscode\/)/;
const webviewPackages = /^(chart\.js|@vscode\/webview-ui-toolkit)(\/|$)/;
const webviewTargets = /^(webview\/|src\/shared\/|src\/metrics\/catalog(\/index)?$)/;

/**
 * @typedef {object} Import
 * @property {string} file the importing file, from the root of the repository, with forward slashes
 * @property {string} source what it names: a package, or a relative path
 * @property {string} target the path that a relative source means, from the root, without a suffix; '' for a package
 * @property {boolean} typeOnly whether it leaves nothing in the compiled code
 */

/**
 * @param {Import} imported
 * @returns {string | undefined} what is wrong with it, in words, or undefined if it is allowed
 */
export function importProblem(imported) {
  return vscodeProblem(imported) ?? hostProblem(imported) ?? webviewProblem(imported);
}

/** @param {Import} imported @returns {string | undefined} */
function vscodeProblem({ file, source, typeOnly }) {
  if (source !== 'vscode' || vscodeUsers.test(file)) return undefined;
  if (file === 'src/api.ts' && typeOnly) return undefined;
  return 'Only src/extension.ts, src/container.ts, src/views and test/vscode may import vscode; src/api.ts its types.';
}

/** @param {Import} imported @returns {string | undefined} */
function hostProblem({ file, target, typeOnly }) {
  if (!file.startsWith('src/') || target === '' || connecting.includes(file)) return undefined;
  if (!target.startsWith('src/')) return 'src may not import what is outside src.';
  const folder = folderOf(file);
  const targetFolder = folderOf(target);
  if (file === 'src/api.ts') {
    return typeOnly && targetFolder === 'shared' ? undefined : 'src/api.ts may import types of src/shared only.';
  }
  if (!order.includes(folder)) return `${file} is in no folder of the order in scripts/lib/importDirection.mjs.`;
  if (folder === targetFolder) return undefined;
  if (target === 'src/api' && folder !== 'shared') return undefined;
  const allowed = order.slice(0, order.indexOf(folder));
  if (allowed.includes(targetFolder)) return undefined;
  return `src/${folder} may import ${['itself', ...allowed].join(', ')}; not ${target}.`;
}

/** @param {Import} imported @returns {string | undefined} */
function webviewProblem({ file, source, target }) {
  if (!file.startsWith('webview/')) return undefined;
  const allowed = target === '' ? webviewPackages.test(source) : webviewTargets.test(target);
  return allowed
    ? undefined
    : 'webview may import its own files, src/shared, src/metrics/catalog, chart.js and the webview toolkit only.';
}

/** @param {string} path from the root @returns {string} the folder of src that it is in; '' for none */
function folderOf(path) {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? '';
}

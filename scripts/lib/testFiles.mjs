/** From the path of a test file, as a person writes it, to the program that is built from it. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { root } from './paths.mjs';

/** The folders of test whose files run in Node alone. */
const ownFolders = ['unit', 'webview'];

/** @typedef {{ folder: string, compiled: string }} TestFile `folder` of test it is in; `compiled` from the root */

/**
 * @param {string} path absolute, or from `from`
 * @param {string} from a folder
 * @returns {TestFile} throws, in words for a person, if it is not a test file that runs alone
 */
export function testFile(path, from) {
  const file = relative(root, resolve(from, path)).replaceAll('\\', '/');
  if (!existsSync(join(root, file))) throw new Error(`There is no file ${path}.${suggestion(path)}`);
  if (!/^test\/.*\.test\.ts$/.test(file))
    throw new Error(`${path} is not a test file: they are in test and end in .test.ts.`);
  const folders = file.split('/');
  const folder = folders[1] ?? '';
  if (!ownFolders.includes(folder))
    throw new Error(`${path} needs a VS Code: npm test -- ${stageOf(folders)} runs it.`);
  return { folder, compiled: `dist/${file.replace(/\.ts$/, '.js')}` };
}

/** The stage that runs a file of test/vscode or test/e2e. @param {string[]} folders of its path, from the root */
function stageOf([, folder = '', set = '']) {
  return folder === 'vscode' && !set.includes('.') ? set : folder;
}

/** The test files whose name contains the one given, as a question. @param {string} path */
function suggestion(path) {
  const name = basename(path).replace(/(\.test)?(\.[jt]s)?$/, '');
  if (name.length < 3) return '';
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && basename(file).includes(name))
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .sort();
  return files.length === 0 ? '' : ` Is it one of these?\n${files.map((file) => `  ${file}`).join('\n')}`;
}

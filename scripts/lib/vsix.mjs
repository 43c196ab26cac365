/** Makes the VSIX, the file that VS Code installs. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from '../build.mjs';
import { readmeWithoutHome } from './packagedReadme.mjs';
import { root } from './paths.mjs';

/**
 * Makes the VSIX in the root of the repository, from a production build.
 * @returns {Promise<{ path: string, kb: number, hasHome: boolean }>} `kb`: its size in 1000 bytes; `hasHome`: whether
 *   package.json names a repository, to which the README's links and pictures lead
 */
export async function makeVsix() {
  await build({ production: true });
  const { createVSIX } = await import('@vscode/vsce');
  const { name, version, repository } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const path = join(root, `${name}-${version}.vsix`);
  const hasHome = repository !== undefined;
  await createVSIX({ cwd: root, packagePath: path, dependencies: false, ...(hasHome ? {} : await withoutHome()) });
  return { path, kb: (await stat(path)).size / 1000, hasHome };
}

/** What vsce has to be told if package.json names no repository. */
async function withoutHome() {
  const readmePath = 'dist/README.md';
  await writeFile(join(root, readmePath), readmeWithoutHome(await readFile(join(root, 'README.md'), 'utf8')));
  return { readmePath, allowMissingRepository: true, rewriteRelativeLinks: false };
}

/** Puts what is packaged into a folder: the bundles that are shipped, and the files that `.vscodeignore` names. */
import { build } from 'esbuild';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { shippedBundles } from './bundles.mjs';
import { packagedPage, readmeWithoutHome } from './packagedReadme.mjs';
import { root } from './paths.mjs';
import { temporaryDir } from './temporary.mjs';

/** @returns {Promise<Record<string, any>>} package.json */
export const readManifest = async () => JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/**
 * A folder with just what is packaged, so that vsce has nothing to leave out, to install or to be told.
 * @param {Record<string, any>} manifest what package.json says, or would say
 * @returns {Promise<string>}
 */
export async function packageFolder({ scripts, dependencies, devDependencies, ...manifest }) {
  const { listFiles, PackageManager } = await import('@vscode/vsce');
  const folder = await temporaryDir('skyrl-package-');
  const hasHome = manifest.repository !== undefined;
  const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
  for (const file of files) {
    // The README's links lead to the repository's pages; only without one are those in the package read.
    if (hasHome && file.startsWith('docs/')) continue;
    const target = join(folder, file);
    await mkdir(dirname(target), { recursive: true });
    const change =
      file === 'package.json' ? () => JSON.stringify(manifest) : hasHome ? undefined : pageChange(file, files);
    if (change) await writeFile(target, change(await readFile(join(root, file), 'utf8')));
    else await copyFile(join(root, file), target);
  }
  await Promise.all(shippedBundles(join(folder, 'dist')).map((options) => build(options)));
  // Without this file vsce warns that everything is packaged.
  await writeFile(join(folder, '.vscodeignore'), '');
  return folder;
}

/**
 * What becomes of a page while there is no address for its pictures; undefined for other files.
 * @param {string} file
 * @param {readonly string[]} packaged
 * @returns {((text: string) => string) | undefined}
 */
function pageChange(file, packaged) {
  if (file === 'README.md') return readmeWithoutHome;
  if (!file.endsWith('.md')) return undefined;
  return (text) => packagedPage(text, (target) => packaged.includes(posix.join(posix.dirname(file), target)));
}

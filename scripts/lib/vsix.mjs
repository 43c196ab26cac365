/** Makes the VSIX, the file that VS Code installs. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { installDependencies } from './npm.mjs';
import { root } from './paths.mjs';

/**
 * Makes the VSIX. The build in `dist` stays as it is.
 * @param {{ preRelease?: boolean, into?: string }} [options] `preRelease`: marketplaces offer it only to people who chose
 *   pre-releases; `into`: its folder, the root of the repository when left out
 * @returns {Promise<{ path: string, kb: number, hasHome: boolean }>} `kb`: its size in 1000 bytes; `hasHome`: whether
 *   package.json names a repository, to which the README's links and pictures lead
 */
export async function makeVsix({ preRelease = false, into = root } = {}) {
  await installDependencies();
  // Both need packages that were installed just now.
  const [{ createVSIX }, { packageFolder, readManifest }] = await Promise.all([
    import('@vscode/vsce'),
    import('./packageFolder.mjs'),
  ]);
  const manifest = await readManifest();
  const path = join(into, `${manifest.name}-${manifest.version}.vsix`);
  const hasHome = manifest.repository !== undefined;
  const cwd = await packageFolder(manifest);
  await createVSIX({
    cwd,
    packagePath: path,
    preRelease,
    ...(!hasHome && { allowMissingRepository: true, rewriteRelativeLinks: false }),
  });
  return { path, kb: (await stat(path)).size / 1000, hasHome };
}

/** The VSIX, from a production build. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from '../build.mjs';
import { root } from './paths.mjs';

/** Makes it in the checkout's root. @returns {Promise<{ path: string, kb: number }>} */
export async function makeVsix() {
  await build({ production: true });
  const { createVSIX } = await import('@vscode/vsce');
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const path = join(root, `${name}-${version}.vsix`);
  await createVSIX({
    cwd: root,
    packagePath: path,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return { path, kb: statSync(path).size / 1000 };
}

/** `npm run package`: the VSIX, from a production build; fails when it has grown beyond what an extension of this kind needs. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from './build.mjs';
import { runScript } from './lib/ending.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';

const limitKb = 800;

await runScript(async () => {
  await build({ production: true });
  const { createVSIX } = await import('@vscode/vsce');
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const packagePath = join(root, `${name}-${version}.vsix`);
  await createVSIX({ cwd: root, packagePath, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
  const kb = statSync(packagePath).size / 1000;
  say(`${packagePath}: ${kb.toFixed(0)} kB`);
  if (kb > limitKb) throw new Error(`larger than ${limitKb} kB`);
  return 0;
});

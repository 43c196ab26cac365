/**
 * `npm run test:package [VSIX]`: installs the VSIX (a new one if none is named) in a VS Code without any other extension,
 * and looks at it there, on the demonstration run.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { runScript } from './lib/cleanup.mjs';
import { testPackage } from './lib/packageTests.mjs';
import { findVsCode } from './lib/vscodeTests.mjs';

await runScript(async () => {
  const [named] = parseArgs({ allowPositionals: true }).positionals;
  const vsix = named === undefined ? undefined : resolve(process.env.INIT_CWD ?? process.cwd(), named);
  if (vsix !== undefined && !existsSync(vsix)) throw new Error(`no such file: ${vsix}`);
  await build({ production: false });
  const found = await findVsCode();
  if ('reason' in found) throw new Error(`no VS Code to install it in: ${found.reason}`);
  await testPackage({ chromium: found.chromium, vsix });
  return 0;
});

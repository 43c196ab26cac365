/** `npm run test:package [VSIX]`: installs the VSIX (a new one if none is named) in a VS Code without any other extension, and looks at it there. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from './lib/cleanup.mjs';
import { checkInstalled, installInNewVsCode } from './lib/installedExtension.mjs';
import { installDependencies } from './lib/npm.mjs';
import { freshOutput, outputDir, root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { findVsCode } from './lib/vscodeTests.mjs';
import { makeVsix } from './lib/vsix.mjs';

await runScript(async () => {
  const [named] = parseArgs({ allowPositionals: true }).positionals;
  const vsix = named === undefined ? (await makeVsix()).path : resolve(process.env.INIT_CWD ?? process.cwd(), named);
  if (!existsSync(vsix)) throw new Error(`no such file: ${vsix}`);
  await installDependencies();
  const { repository } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const found = await findVsCode();
  if ('reason' in found) throw new Error(`no VS Code to install it in: ${found.reason}`);
  const { logFile } = await freshOutput('package');
  const page = await installInNewVsCode({ vsix, chromium: found.chromium, logFile });
  const picture = join(outputDir, 'package.png');
  try {
    for (const line of await checkInstalled(page, { hasHome: repository !== undefined })) say(`  ${line}`);
  } finally {
    await page.screenshot({ path: picture });
    say(`picture: ${picture}`);
  }
  return 0;
});

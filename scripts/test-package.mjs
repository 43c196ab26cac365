/** `npm run test:package`: makes the VSIX, installs it in a VS Code without any other extension, and looks at it there. */
import { join } from 'node:path';
import { runScript } from './lib/cleanup.mjs';
import { checkInstalled, installInNewVsCode } from './lib/installedExtension.mjs';
import { freshOutput, outputDir } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { findVsCode } from './lib/vscodeTests.mjs';
import { makeVsix } from './lib/vsix.mjs';

await runScript(async () => {
  const { path, hasHome } = await makeVsix();
  const found = await findVsCode();
  if ('reason' in found) throw new Error(`no VS Code to install it in: ${found.reason}`);
  const { logFile } = await freshOutput('package');
  const page = await installInNewVsCode({ vsix: path, chromium: found.chromium, logFile });
  const picture = join(outputDir, 'package.png');
  try {
    for (const line of await checkInstalled(page, { hasHome })) say(`  ${line}`);
  } finally {
    await page.screenshot({ path: picture });
    say(`picture: ${picture}`);
  }
  return 0;
});

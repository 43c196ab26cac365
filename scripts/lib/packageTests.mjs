/** Installs a VSIX in a VS Code without any other extension, and looks at what a person sees there. */
import { join } from 'node:path';
import { startDemonstration } from './demonstration.mjs';
import { checkInstalled, installInNewVsCode } from './installedExtension.mjs';
import { freshOutput, outputDir } from './paths.mjs';
import { say } from './progress.mjs';
import { temporaryDir } from './temporary.mjs';
import { makeVsix } from './vsix.mjs';

/**
 * Rejects if something is not as it should be. A picture of the end is in the output folder.
 * @param {{ chromium: string, vsix?: string | undefined }} options `vsix`: one that is made for this when left out
 */
export async function testPackage({ chromium, vsix }) {
  const made = vsix === undefined ? await makeVsix({ into: await temporaryDir('skyrl-vsix-') }) : undefined;
  const path = made?.path ?? vsix ?? '';
  const { logFile } = await freshOutput('package');
  const demonstration = await startDemonstration();
  const page = await installInNewVsCode({ vsix: path, chromium, logFile, demonstration });
  const picture = join(outputDir, 'package.png');
  try {
    for (const line of await checkInstalled(page)) say(`  ${line}`);
  } finally {
    await page.screenshot({ path: picture });
    say(`picture: ${picture}`);
  }
}

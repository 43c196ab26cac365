/** `npm run test:electron`: the in-VS-Code suite in VS Code's desktop application, where that can be downloaded. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { runScript } from './lib/cleanup.mjs';
import { freshOutput, root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { readMocha, summary } from './lib/results.mjs';
import { temporaryDir } from './lib/temporary.mjs';
import { isolation } from './lib/vscodeTests.mjs';

await runScript(async () => {
  await build({ production: false });
  const { downloadAndUnzipVSCode, runTests } = await import('@vscode/test-electron');
  let vscodeExecutablePath;
  try {
    vscodeExecutablePath = await downloadAndUnzipVSCode({ timeout: 60_000 });
  } catch (error) {
    throw new Error(
      `VS Code could not be downloaded here (${error instanceof Error ? error.message : error}); npm test runs the same suite in the VS Code server.`,
    );
  }
  const { resultsFile } = await freshOutput('electron');
  const { RAY_TMPDIR } = await isolation();
  delete process.env.RAY_ADDRESS;
  let failed = false;
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist', 'test', 'vscode', 'index.js'),
    extensionTestsEnv: { RAY_TMPDIR, SKYRL_TEST_RESULTS: resultsFile },
    launchArgs: [
      await temporaryDir('skyrl-workspace-'),
      '--user-data-dir',
      await temporaryDir('skyrl-code-'),
      '--disable-workspace-trust',
      '--disable-telemetry',
      '--password-store=basic',
    ],
  }).catch(() => {
    failed = true;
  });
  const results = await readMocha(resultsFile, 'electron');
  for (const { name, details } of results?.failed ?? []) say(`\nfailed: ${name}\n${details}`);
  say(results ? summary(results) : 'VS Code ended without results');
  return failed || !results ? 1 : 0;
});

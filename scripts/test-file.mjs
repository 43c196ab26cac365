/** `npm run test:file FILE …`: builds, and runs only these files of test/unit or test/webview. `-- FILE --grep WORDS`: only tests with that title. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { findChromium } from './lib/chromium.mjs';
import { runScript } from './lib/cleanup.mjs';
import { root } from './lib/paths.mjs';
import { launch } from './lib/processes.mjs';
import { testFile } from './lib/testFiles.mjs';
import { isolation } from './lib/vscodeTests.mjs';

/** A page in a browser takes longer than what Node does alone. */
const webviewTestMs = 90_000;

await runScript(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });
  if (positionals.length === 0)
    throw new Error('Name a test file, for example: npm run test:file test/unit/protocol.test.ts');
  const files = positionals.map((path) => testFile(path, process.env.INIT_CWD ?? process.cwd()));
  await build({ production: false });
  const inBrowser = files.some(({ folder }) => folder === 'webview');
  const args = [
    '--enable-source-maps',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    ...(inBrowser ? ['--timeout', String(webviewTestMs)] : []),
    ...(values.grep === undefined ? [] : ['--grep', values.grep]),
    ...(process.stdout.isTTY ? ['--color'] : []),
    ...files.map(({ compiled }) => compiled),
  ];
  const mocha = launch(process.execPath, args, {
    cwd: root,
    env: { ...(await isolation()), ...(inBrowser ? await chromiumEnv() : {}) },
    onText: (text) => process.stdout.write(text),
  });
  const { code, error } = await mocha.exited;
  if (error) throw error;
  return code === 0 ? 0 : 1;
});

/** @returns {Promise<Record<string, string>>} */
async function chromiumEnv() {
  const found = await findChromium();
  if ('reason' in found) throw new Error(`The tests of the page need a browser: ${found.reason}`);
  return { CHROME_PATH: found.path };
}

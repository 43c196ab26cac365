/** The suite that runs inside a real VS Code: the module at `extensionTestsPath`, for the server and for @vscode/test-electron alike. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/**
 * Runs every test file beside this one; rejects when a test failed.
 * `SKYRL_TEST_RESULTS` names the file that gets mocha's JSON, `SKYRL_TEST_GREP` picks tests by their title.
 */
export async function run(): Promise<void> {
  const output = process.env.SKYRL_TEST_RESULTS;
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, ...reporting(output) });
  if (process.env.SKYRL_TEST_GREP) mocha.grep(process.env.SKYRL_TEST_GREP);
  for (const file of readdirSync(__dirname).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => console.log(`passed: ${test.fullTitle()}`));
    runner.on('fail', (test, error) => console.log(`failed: ${test.fullTitle()}: ${String(error)}`));
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

function reporting(output: string | undefined): Mocha.MochaOptions {
  return output ? { reporter: 'json', reporterOptions: { output } } : { reporter: 'spec' };
}

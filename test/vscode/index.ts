/**
 * Runs the suites inside a real VS Code: the module at `extensionTestsPath`, for the server and for
 * @vscode/test-electron.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import { snapshotViolations } from '../../src/collector/invariants';

/**
 * Runs every test file beside this one, or in the folder that `SKYRL_TEST_SET` names; rejects if a test failed.
 * `SKYRL_TEST_RESULTS` names the file for mocha's JSON, `SKYRL_TEST_GREP` selects tests by their title.
 */
export async function run(): Promise<void> {
  const output = process.env.SKYRL_TEST_RESULTS;
  const mocha = new Mocha({ ui: 'bdd', timeout: 150_000, rootHooks: faultHooks(), ...reporting(output) });
  if (process.env.SKYRL_TEST_GREP) mocha.grep(process.env.SKYRL_TEST_GREP);
  const folder = join(__dirname, process.env.SKYRL_TEST_SET ?? '');
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(join(folder, file));
  }
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => console.log(`passed: ${test.fullTitle()}`));
    runner.on('fail', (test, error) => console.log(`failed: ${test.fullTitle()}: ${String(error)}`));
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

/**
 * A snapshot that cannot be true fails the test during which it came, and an unhandled rejection of the extension fails
 * the run. Those of VS Code and its built-in extensions do not.
 */
function faultHooks(): Mocha.RootHookObject {
  const rejections: string[] = [];
  let violations: string[] = [];
  let subscription: vscode.Disposable | undefined;
  const watch = (): void => {
    // Not before something else activates it: some suites test that nothing does.
    const extension = vscode.extensions.getExtension<Api>('skyrl-metrics.skyrl-metrics');
    if (!extension?.isActive) return;
    subscription ??= extension.exports.onDidScrape((snapshot) => violations.push(...snapshotViolations(snapshot)));
  };
  const listen = (reason: unknown): void => {
    const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    // A file of the bundles, which are in dist itself.
    if (/\bdist[\\/][\w-]+\.js\b|SkyRL/.test(text)) rejections.push(text);
  };
  return {
    beforeAll: () => {
      process.on('unhandledRejection', listen);
    },
    beforeEach: () => {
      watch();
      violations = [];
    },
    afterEach: () => {
      watch();
      assert.deepEqual(violations, []);
    },
    afterAll: () => {
      subscription?.dispose();
      process.off('unhandledRejection', listen);
      assert.deepEqual(rejections, []);
    },
  };
}

function reporting(output: string | undefined): Mocha.MochaOptions {
  return output ? { reporter: 'json', reporterOptions: { output } } : { reporter: 'spec' };
}

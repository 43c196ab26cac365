/** Tests of what `npm run test:file` makes of a path. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import { testFile } from '../../../scripts/lib/testFiles.mjs';

const own = 'test/unit/scripts/testFiles.test.ts';
const compiled = 'dist/test/unit/scripts/testFiles.test.js';

describe('a test file by its path', () => {
  it('is found from the root, from another folder, and by its absolute path', () => {
    for (const [path, from] of [
      [own, root],
      ['scripts/testFiles.test.ts', join(root, 'test', 'unit')],
      [join(root, own), '/'],
    ] as const)
      assert.deepEqual(testFile(path, from), { folder: 'unit', compiled }, path);
  });

  it('is found in the folder of the page, too', () => {
    assert.deepEqual(testFile('test/webview/chart.test.ts', root), {
      folder: 'webview',
      compiled: 'dist/test/webview/chart.test.js',
    });
  });

  it('is suggested if the path leads to no file but its name does', () => {
    assert.throws(() => testFile('test/unit/testFiles.test.ts', root), {
      message: `There is no file test/unit/testFiles.test.ts. Is it one of these?\n  ${own}`,
    });
    assert.throws(() => testFile('noSuchName.test.ts', root), { message: 'There is no file noSuchName.test.ts.' });
  });

  it('is refused with the stage that runs it if it needs a VS Code', () => {
    const stage = (path: string): string | undefined => {
      try {
        testFile(path, root);
        return undefined;
      } catch (error) {
        return /npm test -- (\w+)/.exec(String(error))?.[1];
      }
    };
    assert.equal(stage('test/vscode/discovery.test.ts'), 'vscode');
    assert.equal(stage('test/vscode/ray/ray.test.ts'), 'ray');
    assert.equal(stage('test/e2e/chart.test.ts'), 'e2e');
  });

  it('is refused if it is something else', () => {
    for (const path of ['README.md', 'test/webview/chartPage.ts', 'test/unit'])
      assert.throws(() => testFile(path, root), /is not a test file/, path);
  });
});

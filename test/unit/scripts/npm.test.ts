/** Whether the installed packages are those of the lock file. */
import assert from 'node:assert/strict';
import { installedAsLocked } from '../../../scripts/lib/npm.mjs';

const locked = {
  '': { version: '0.1.0' },
  'node_modules/mocha': { version: '11.8.0', integrity: 'sha512-a' },
  'node_modules/mocha/node_modules/ms': { version: '2.1.3', integrity: 'sha512-b' },
  'node_modules/@esbuild/aix-ppc64': { version: '0.28.2', integrity: 'sha512-c', optional: true },
};
const installed = {
  'node_modules/mocha': locked['node_modules/mocha'],
  'node_modules/mocha/node_modules/ms': locked['node_modules/mocha/node_modules/ms'],
};

describe('installed packages', () => {
  it('are those of the lock file, without the optional ones of other systems', () => {
    assert.equal(installedAsLocked(locked, installed), true);
  });

  it('are not if nothing is installed, or npm did not come to its end', () => {
    assert.equal(installedAsLocked(locked, undefined), false);
    assert.equal(installedAsLocked(locked, {}), false);
  });

  it('are not if one is missing, of another version, of other content, or not in the lock file', () => {
    const mocha = 'node_modules/mocha';
    for (const [what, packages] of Object.entries({
      missing: { [mocha]: installed[mocha] },
      'another version': { ...installed, [mocha]: { version: '11.7.0', integrity: 'sha512-a' } },
      'other content': { ...installed, [mocha]: { version: '11.8.0', integrity: 'sha512-x' } },
      'one more': { ...installed, 'node_modules/eslint': { version: '10.0.0', integrity: 'sha512-e' } },
    }))
      assert.equal(installedAsLocked(locked, packages), false, what);
  });
});

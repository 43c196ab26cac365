/** Code that is loaded with its first use. */
import assert from 'node:assert/strict';
import { loadOnce, once } from '../../../src/shared/loadOnce';

describe('loadOnce', () => {
  it('loads with the first call, and once for calls at the same time', async () => {
    let loads = 0;
    const load = loadOnce(async () => ++loads);
    assert.equal(loads, 0);
    assert.deepEqual(await Promise.all([load(), load()]), [1, 1]);
    assert.equal(await load(), 1);
  });

  it('tells a person what failed, and tries again with the next call', async () => {
    const failures = [new Error("Cannot find module './x.js'\nRequire stack:\n- /a/b.js")];
    const load = loadOnce(async () => {
      const failure = failures.pop();
      if (failure) throw failure;
      return 'loaded';
    });
    const both = await Promise.allSettled([load(), load()]);
    for (const result of both) {
      assert.equal(result.status, 'rejected');
      assert.equal(
        (result.reason as Error).message,
        "A part of SkyRL Metrics could not be loaded. Reload the window. (Cannot find module './x.js')",
      );
    }
    assert.equal(await load(), 'loaded');
  });
});

describe('once', () => {
  it('makes with the first call, also if nothing is made', () => {
    let calls = 0;
    const make = once(() => {
      calls += 1;
      return undefined;
    });
    assert.equal(calls, 0);
    make();
    make();
    assert.equal(calls, 1);
  });
});

/** A source of snapshots that is loaded with its first scrape. */
import assert from 'node:assert/strict';
import type { SnapshotSource, SourceRequest } from '../../../src/collector/snapshotSource';
import { sourceOnDemand } from '../../../src/collector/sourceOnDemand';

function createSource(): { source: SnapshotSource; calls: string[] } {
  const calls: string[] = [];
  const note = (call: string) => (): never => {
    calls.push(call);
    return undefined as never;
  };
  return {
    calls,
    source: {
      collect: async () => note('collect')(),
      evaluate: async () => note('evaluate')(),
      reset: note('reset'),
      forgetFailures: note('forget'),
    },
  };
}

describe('a source on demand', () => {
  it('is not loaded by what only forgets', async () => {
    let loads = 0;
    const { source, calls } = createSource();
    const lazy = sourceOnDemand(async () => {
      loads += 1;
      return source;
    });
    lazy.reset();
    lazy.forgetFailures();
    assert.equal(loads, 0);
    await lazy.collect({} as SourceRequest);
    await lazy.collect({} as SourceRequest);
    lazy.reset();
    lazy.forgetFailures();
    assert.equal(loads, 1);
    assert.deepEqual(calls, ['collect', 'collect', 'reset', 'forget']);
  });

  it('rejects with words if it cannot be loaded, and is loaded by a later scrape', async () => {
    let isThere = false;
    const { source, calls } = createSource();
    const lazy = sourceOnDemand(async () => {
      if (!isThere) throw new Error('no file');
      return source;
    });
    await assert.rejects(lazy.collect({} as SourceRequest), /could not be loaded\. Reload the window\. \(no file\)$/);
    isThere = true;
    await lazy.collect({} as SourceRequest);
    assert.deepEqual(calls, ['collect']);
  });
});

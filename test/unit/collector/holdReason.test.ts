/** When the timer does not scrape. */
import assert from 'node:assert/strict';
import { holdReasonFor } from '../../../src/collector/holdReason';
import type { Target } from '../../../src/discovery/targets';
import { targetOf } from '../support/replay';

describe('the reason to hold the timer', () => {
  const server: Target = { url: 'http://192.0.2.9:8000/metrics', kind: 'vllm', discoveredBy: 'config' };

  for (const [version, reason] of [
    ['2.51.0', undefined],
    ['2.52.0', 'one-reader'],
    ['2.56.1', 'one-reader'],
    ['2.57.0', undefined],
    [undefined, 'version-unknown'],
  ] as const)
    it(`is ${reason ?? 'missing'} on Ray ${version ?? 'of an unknown version'}`, () =>
      assert.equal(holdReasonFor([server, targetOf(0)], version), reason));

  it('is missing without a node agent among the targets', () => {
    for (const version of ['2.56.0', undefined])
      assert.deepEqual([holdReasonFor([server], version), holdReasonFor([], version)], [undefined, undefined]);
  });
});

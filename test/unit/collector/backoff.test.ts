/** How targets that fail are asked less often. */
import assert from 'node:assert/strict';
import { Backoff, backoffDelayMs } from '../../../src/collector/backoff';
import { HttpError } from '../../../src/http/httpGet';
import { targetOf } from '../support/replay';

describe('the backoff of failing targets', () => {
  it('waits longer after each failure, at most a minute', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 10].map((failures) => backoffDelayMs(failures, 10_000)),
      [10_000, 20_000, 40_000, 60_000, 60_000],
    );
  });

  it('never asks more often than an interval of over a minute says', () => {
    assert.deepEqual(
      [0, 1, 2, 10].map((failures) => backoffDelayMs(failures, 300_000)),
      [300_000, 300_000, 300_000, 300_000],
    );
  });

  it('repeats the last failure of a target until its retry is due, or until failures are forgotten', () => {
    const backoff = new Backoff<string>();
    const target = targetOf(0);
    const failedAt = (at: number) => ({
      target,
      at,
      tookMs: 1,
      bytes: 0,
      error: new HttpError('refused', 'connection refused'),
    });
    backoff.add([failedAt(0)]);
    assert.equal(
      backoff.pendingFailure(target.url, 10_000, 10_000),
      undefined,
      'after one failure the next scrape asks again',
    );
    backoff.add([failedAt(10_000)]);
    assert.equal(backoff.pendingFailure(target.url, 20_000, 10_000)?.error?.kind, 'refused');
    assert.equal(backoff.pendingFailure(target.url, 30_000, 10_000), undefined);
    backoff.add([{ ...failedAt(38_000), tookMs: 8000 }]);
    assert.equal(
      backoff.pendingFailure(target.url, 69_000, 10_000)?.error?.kind,
      undefined,
      'a request that timed out counts from its beginning',
    );
    backoff.clear();
    assert.equal(backoff.pendingFailure(target.url, 20_000, 10_000), undefined);
  });
});

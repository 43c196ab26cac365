/** Durations as Prometheus writes them. */
import assert from 'node:assert/strict';
import { durationMs, durationText } from '../../../src/prometheus/duration';

describe('a PromQL duration', () => {
  it('is read and written alike', () => {
    for (const [text, ms] of [
      ['1m30s', 90_000],
      ['250ms', 250],
      ['1d', 86_400_000],
    ] as const)
      assert.deepEqual([durationMs(text), durationText(ms)], [ms, text]);
    for (const text of ['', '1.5h', '5', '1ns']) assert.equal(durationMs(text), undefined, text);
  });
});

import assert from 'node:assert/strict';
import { History } from '../../../src/history/history';
import { takeMinuteEntries } from '../../../src/history/journalEntry';
import { minuteOf } from '../../../src/history/minuteTier';
import { kv, snapshot, start } from './support';

describe('the entries of minutes', () => {
  it('say how far the clock went back in the first one that is written, also if an empty minute precedes it', () => {
    const history = new History({ hours: () => 24 });
    history.add(snapshot(start, kv(start)));
    history.changes.truncatedAfter = minuteOf(start) + 3;
    history.changes.minutes.add(minuteOf(start) - 1);
    const entries = takeMinuteEntries(history, start, Infinity);
    assert.deepEqual(
      entries.map(({ header }) => [header.minute, header.back]),
      [[minuteOf(start), minuteOf(start) + 3]],
    );
    assert.equal(history.changes.truncatedAfter, undefined);
  });

  it('keep it for the next ones if all minutes are empty', () => {
    const history = new History({ hours: () => 24 });
    history.changes.truncatedAfter = 7;
    history.changes.minutes.add(9);
    assert.deepEqual(takeMinuteEntries(history, start, Infinity), []);
    assert.equal(history.changes.truncatedAfter, 7);
  });
});

describe('numbers that are too large for the columns of minutes', () => {
  it('are gaps, not infinite points', () => {
    const history = new History({ hours: () => 24 });
    for (const [index, value] of [0.5, 1e300, 0.5].entries())
      history.add(snapshot(start + 10_000 * index, kv(start + 10_000 * index, value)));
    const { series } = history.query({ measures: ['kv'], engines: 'aggregate', from: 0, to: Infinity });
    assert.deepEqual(series[0]?.value, [0.5, null, 0.5]);
  });
});

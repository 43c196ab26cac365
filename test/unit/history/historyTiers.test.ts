import assert from 'node:assert/strict';
import type { Measure } from '../../../src/api';
import { fullRateMs, History } from '../../../src/history/history';
import { randomOf } from '../support/random';
import { queryAll, findSeries, kv, snapshot, start } from './support';

const minute = 60_000;
const hour = 60 * minute;

/** Adds a snapshot every ten seconds with an engine's and the aggregate's value; undefined: missing. */
function addSnapshots(history: History, from: number, to: number, value: (at: number) => number | undefined): void {
  for (let at = from; at <= to; at += 10_000) {
    const now = value(at);
    const spread = (each: number): Record<string, Measure> => ({
      kv: { value: each, to: at, lowest: { engine: 'a', value: each / 2 }, highest: { engine: 'a', value: each * 2 } },
    });
    history.add(snapshot(at, now === undefined ? {} : spread(now), { a: now === undefined ? {} : kv(at, now) }));
  }
}

describe('the tiers of a history', () => {
  it('keep every point for an hour, and before that each minute’s mean, lowest and highest', () => {
    const history = new History();
    addSnapshots(history, start, start + 3 * hour, (at) => ((at - start) / 10_000) % 6);
    const { at, value, lowest, highest } = findSeries(queryAll(history), 'kv', 'a');
    const seam = at.findIndex((time, index) => (at[index + 1] ?? 0) - time === 10_000);
    assert.ok(
      (at.at(-1) ?? 0) - (at[seam] ?? 0) >= fullRateMs && (at.at(-1) ?? 0) - (at[seam] ?? 0) <= fullRateMs + 6 * minute,
    );
    for (let index = 0; index < seam; index++) {
      assert.equal(at[index], start + index * minute + minute / 2);
      assert.deepEqual([value[index], lowest?.[index], highest?.[index]], [2.5, 0, 5]);
    }
    const [before = 0, first = 0] = at.slice(seam - 1);
    assert.ok(first - before > 0 && first - before <= 1.5 * minute, 'no gap and no repeat where points follow minutes');
    for (let index = seam; index < at.length; index++) {
      const step = (first - start) / 10_000 + index - seam;
      assert.deepEqual([at[index], value[index], lowest?.[index]], [start + step * 10_000, step % 6, null]);
    }
  });

  it('keep the mean of an aggregate’s minute, and its lowest and highest engine', () => {
    const history = new History();
    addSnapshots(history, start, start + 3 * hour, (at) => (at % minute === 0 ? 7 : 1));
    const { value, lowest, highest } = findSeries(queryAll(history), 'kv');
    assert.deepEqual([value[3], lowest?.[3], highest?.[3]], [2, 0.5, 14]);
  });

  it('do not grow beyond the configured hours', () => {
    for (const hours of [2, 24]) {
      const history = new History({ hours: () => hours });
      const sizes: number[] = [];
      for (let each = 0; each < 30; each++) {
        addSnapshots(history, start + each * hour, start + (each + 1) * hour - 10_000, () => 1);
        sizes.push(history.bytes);
      }
      const { at } = findSeries(queryAll(history), 'kv', 'a');
      const kept = (at.at(-1) ?? 0) - (at[0] ?? 0);
      assert.ok(kept >= hours * hour - 2 * minute && kept <= (hours + 1) * hour, `${kept / hour} h`);
      assert.equal(sizes.at(-1), sizes[26]);
    }
  });

  it('apply a change of the hours at the next snapshot', () => {
    let hours = 24;
    const history = new History({ hours: () => hours });
    addSnapshots(history, start, start + 5 * hour, () => 1);
    hours = 2;
    addSnapshots(history, start + 5 * hour + 10_000, start + 5 * hour + 10_000, () => 1);
    assert.ok((findSeries(queryAll(history), 'kv').at[0] ?? 0) >= start + 2 * hour);
  });

  it('keep gaps in minutes, also where points follow, and join what a slow timer measured', () => {
    for (const from of [50, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121]) {
      const history = new History();
      const gap = [start + from * minute, start + (from + 7) * minute] as const;
      addSnapshots(history, start, start + 3 * hour, (at) => (at > gap[0] && at < gap[1] ? undefined : 3));
      const { at, value } = findSeries(queryAll(history), 'kv', 'a');
      const nulls = at.filter((_, index) => value[index] === null);
      assert.equal(nulls.length, 1, `gap at ${from} min`);
      assert.ok(nulls[0]! > gap[0] && nulls[0]! < gap[1], `gap at ${from} min: ${nulls[0]! - start}`);
    }
    const slow = new History();
    for (let at = start + 59_000; at < start + 3 * hour; at += 61_500) slow.add(snapshot(at, kv(at)));
    assert.ok(!findSeries(queryAll(slow), 'kv').value.includes(null));
  });

  it('leave a gap in minutes in which nothing was scraped', () => {
    const history = new History();
    addSnapshots(history, start, start + 10 * minute, () => 1);
    addSnapshots(history, start + 20 * minute, start + 3 * hour, () => 1);
    const { at, value } = findSeries(queryAll(history), 'kv');
    assert.deepEqual(
      at.filter((_, index) => value[index] === null),
      [start + 11 * minute],
    );
  });

  it('remove what is later when the clock goes back, and compute the minute again', () => {
    for (const back of [30_000, 5 * minute, 100 * minute]) {
      const history = new History();
      addSnapshots(history, start, start + 2 * hour, () => 1);
      const at = start + 2 * hour - back;
      addSnapshots(history, at, at + 2 * hour, () => 5);
      const series = findSeries(queryAll(history), 'kv', 'a');
      assert.ok(series.at.every((time, index) => index === 0 || time > series.at[index - 1]!));
      for (const [index, time] of series.at.entries()) {
        if (Math.floor(time / minute) < Math.floor(at / minute)) assert.equal(series.value[index], 1);
        if (time >= at + minute) assert.equal(series.value[index], 5, `${(time - start) / minute}`);
      }
    }
  });

  it('drop the oldest hours of engines, and nothing of the aggregate, to stay within the budget', () => {
    const budgetBytes = 40_000;
    const history = new History({ budgetBytes });
    const random = randomOf(1);
    addSnapshots(history, start, start + 12 * hour, random);
    assert.ok(history.bytes <= budgetBytes, String(history.bytes));
    const first = (engine?: string): number => findSeries(queryAll(history), 'kv', engine).at[0]! - start;
    assert.ok(first('a') > 2 * hour);
    assert.ok(first() < minute);
  });

  it('drop an engine with its last minute', () => {
    const history = new History({ hours: () => 2 });
    for (let step = 0; step < 60; step++) {
      const at = start + step * 10 * minute;
      history.add(snapshot(at, kv(at), { [`engine-${step}`]: kv(at) }));
    }
    assert.ok(history.subjects.length <= 6 * 3 + 1, String(history.subjects.length));
    assert.equal(history.subjects[0]?.id, 'engine-59');
  });

  it('mark an earlier engine whose name a living one has', () => {
    const history = new History();
    history.add(snapshot(start, {}, { old: kv(start) }));
    history.add(snapshot(start + 10_000, {}, { young: kv(start + 10_000) }));
    assert.equal(findSeries(queryAll(history), 'kv', 'old').engine?.name, 'engine 0 (earlier)');
    assert.equal(findSeries(queryAll(history), 'kv', 'young').engine?.name, 'engine 0');
  });

  it('return only the requested measures, engines and times', () => {
    const history = new History();
    for (let step = 0; step < 6; step++) {
      const at = start + step * 10_000;
      const both = { ...kv(at, step), running: { value: step, to: at } };
      history.add(snapshot(at, both, { a: both, b: both }));
    }
    const ask = (engines: 'aggregate' | 'each' | string[]): string[] =>
      history
        .query({ measures: ['kv', 'none'], engines, from: start + 10_000, to: start + 30_000 })
        .series.map(({ measure, engine, at }) => `${measure} ${engine?.id} ${at.length}`);
    assert.deepEqual(ask('aggregate'), ['kv undefined 3']);
    assert.deepEqual(ask('each'), ['kv a 3', 'kv b 3']);
    assert.deepEqual(ask(['b', 'c']), ['kv b 3']);
  });
});

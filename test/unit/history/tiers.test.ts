import assert from 'node:assert/strict';
import type { Measure } from '../../../src/api';
import { fullRateMs, History } from '../../../src/history/history';
import { queryAll, findSeries, kv, snapshot, start } from './support';

const minute = 60_000;
const hour = 60 * minute;

/** An engine's value and the aggregate's, every ten seconds; undefined: missing. */
function run(history: History, from: number, to: number, value: (at: number) => number | undefined): void {
  for (let at = from; at <= to; at += 10_000) {
    const now = value(at);
    const spread = (each: number): Record<string, Measure> => ({
      kv: { value: each, to: at, lowest: { engine: 'a', value: each / 2 }, highest: { engine: 'a', value: each * 2 } },
    });
    history.add(snapshot(at, now === undefined ? {} : spread(now), { a: now === undefined ? {} : kv(at, now) }));
  }
}

describe('the tiers of the history', () => {
  it('keep every point for an hour, and before it each minute’s mean, lowest and highest', () => {
    const history = new History();
    run(history, start, start + 3 * hour, (at) => ((at - start) / 10_000) % 6);
    const { at, value, lowest, highest } = findSeries(queryAll(history), 'kv', 'a');
    const seam = at.findIndex((time) => time % minute === 0);
    assert.ok(
      (at.at(-1) ?? 0) - (at[seam] ?? 0) >= fullRateMs &&
        (at.at(-1) ?? 0) - (at[seam] ?? 0) <= fullRateMs + 11 * minute,
    );
    for (let index = 0; index < seam; index++) {
      assert.equal(at[index], start + index * minute + minute / 2);
      assert.deepEqual([value[index], lowest?.[index], highest?.[index]], [2.5, 0, 5]);
    }
    assert.equal(at[seam], start + seam * minute, 'no hole and no double: the seam is where a minute begins');
    for (let index = seam; index < at.length; index++)
      assert.deepEqual(
        [at[index], value[index], lowest?.[index]],
        [start + seam * minute + (index - seam) * 10_000, (index - seam) % 6, null],
      );
  });

  it('keep of an aggregate’s minute the mean, and the lowest and highest engine', () => {
    const history = new History();
    run(history, start, start + 3 * hour, (at) => (at % minute === 0 ? 7 : 1));
    const { value, lowest, highest } = findSeries(queryAll(history), 'kv');
    assert.deepEqual([value[3], lowest?.[3], highest?.[3]], [2, 0.5, 14]);
  });

  it('hold no more after a day than after the hours that were asked for', () => {
    for (const hours of [2, 24]) {
      const history = new History({ hours: () => hours });
      const sizes: number[] = [];
      for (let each = 0; each < 30; each++) {
        run(history, start + each * hour, start + (each + 1) * hour - 10_000, () => 1);
        sizes.push(history.bytes);
      }
      const { at } = findSeries(queryAll(history), 'kv', 'a');
      const kept = (at.at(-1) ?? 0) - (at[0] ?? 0);
      assert.ok(kept >= hours * hour - 2 * minute && kept <= (hours + 1) * hour, `${kept / hour} h`);
      assert.equal(sizes.at(-1), sizes[26]);
    }
  });

  it('take a change of the hours at the next snapshot', () => {
    let hours = 24;
    const history = new History({ hours: () => hours });
    run(history, start, start + 5 * hour, () => 1);
    hours = 2;
    run(history, start + 5 * hour + 10_000, start + 5 * hour + 10_000, () => 1);
    assert.ok((findSeries(queryAll(history), 'kv').at[0] ?? 0) >= start + 2 * hour);
  });

  it('leave gaps as gaps in minutes, also at the seam, and join what the slow timer measured', () => {
    for (const from of [50, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121]) {
      const history = new History();
      const gap = [start + from * minute, start + (from + 7) * minute] as const;
      run(history, start, start + 3 * hour, (at) => (at > gap[0] && at < gap[1] ? undefined : 3));
      const { at, value } = findSeries(queryAll(history), 'kv', 'a');
      const nulls = at.filter((_, index) => value[index] === null);
      assert.equal(nulls.length, 1, `gap at ${from} min`);
      assert.ok(nulls[0]! > gap[0] && nulls[0]! < gap[1], `gap at ${from} min: ${nulls[0]! - start}`);
    }
    const slow = new History();
    for (let at = start + 59_000; at < start + 3 * hour; at += 61_500) slow.add(snapshot(at, kv(at)));
    assert.ok(!findSeries(queryAll(slow), 'kv').value.includes(null));
  });

  it('leave a gap in minutes where nobody asked', () => {
    const history = new History();
    run(history, start, start + 10 * minute, () => 1);
    run(history, start + 20 * minute, start + 3 * hour, () => 1);
    const { at, value } = findSeries(queryAll(history), 'kv');
    assert.deepEqual(
      at.filter((_, index) => value[index] === null),
      [start + 11 * minute],
    );
  });

  it('withdraw what is later when the clock goes back, by minutes or by hours, and count the minute anew', () => {
    for (const back of [30_000, 5 * minute, 100 * minute]) {
      const history = new History();
      run(history, start, start + 2 * hour, () => 1);
      const at = start + 2 * hour - back;
      run(history, at, at + 2 * hour, () => 5);
      const series = findSeries(queryAll(history), 'kv', 'a');
      assert.ok(series.at.every((time, index) => index === 0 || time > series.at[index - 1]!));
      for (const [index, time] of series.at.entries()) {
        if (Math.floor(time / minute) < Math.floor(at / minute)) assert.equal(series.value[index], 1);
        if (time >= at + minute) assert.equal(series.value[index], 5, `${(time - start) / minute}`);
      }
    }
  });

  it('drop single engines’ oldest hours where bytes are scarce, and nothing of the aggregate', () => {
    const history = new History({ budgetBytes: 110_000 });
    run(history, start, start + 12 * hour, () => 1);
    assert.ok(history.bytes <= 110_000, String(history.bytes));
    const first = (engine?: string): number => findSeries(queryAll(history), 'kv', engine).at[0]! - start;
    assert.ok(first('a') > 2 * hour);
    assert.ok(first() < minute);
  });

  it('let engines come and go: one that is gone goes with its last minute', () => {
    const history = new History({ hours: () => 2 });
    for (let step = 0; step < 60; step++) {
      const at = start + step * 10 * minute;
      history.add(snapshot(at, kv(at), { [`engine-${step}`]: kv(at) }));
    }
    assert.ok(history.subjects.length <= 6 * 3 + 1, String(history.subjects.length));
    assert.equal(history.subjects[0]?.id, 'engine-59');
  });

  it('tell an engine of before from the living one that bears its name', () => {
    const history = new History();
    history.add(snapshot(start, {}, { old: kv(start) }));
    history.add(snapshot(start + 10_000, {}, { young: kv(start + 10_000) }));
    assert.equal(findSeries(queryAll(history), 'kv', 'old').engine?.name, 'engine 0 (earlier)');
    assert.equal(findSeries(queryAll(history), 'kv', 'young').engine?.name, 'engine 0');
  });

  it('answer only what was asked: measures, engines, times', () => {
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

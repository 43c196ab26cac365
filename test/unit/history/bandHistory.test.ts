import assert from 'node:assert/strict';
import type { EngineState, Snapshot } from '../../../src/api';
import { History } from '../../../src/history/history';
import { maxBands } from '../../../src/history/bandHistory';
import { mergeBands, type ChartBand } from '../../../src/shared/chartData';
import { snapshot, start } from './support';

function seen(at: number, states: Record<string, EngineState>, more: Partial<Snapshot> = {}): Snapshot {
  return snapshot(
    at,
    {},
    {},
    {
      engines: Object.entries(states).map(([id, state]) => ({ id, name: id, node: '', state, measures: {} })),
      ...more,
    },
  );
}

const phase = (name: string, since: number, at: number): Partial<Snapshot> => ({ phase: { name, since, at } });
const short = ({ kind, engine, from, to, label }: ChartBand): unknown[] => [
  kind,
  engine?.id,
  (from - start) / 1000,
  to === undefined ? undefined : (to - start) / 1000,
  label,
];
const bands = (history: History): unknown[][] =>
  history.query({ measures: [], engines: 'aggregate', from: 0, to: Infinity }).bands.map(short);

describe('marks of the history', () => {
  it('are training phases, from when they were first seen', () => {
    const history = new History();
    history.add(seen(start + 10_000, {}, phase('generate', start + 3_000, start + 10_000)));
    history.add(seen(start + 20_000, {}, phase('generate', start + 3_000, start + 20_000)));
    history.add(seen(start + 30_000, {}, phase('train', start + 25_000, start + 30_000)));
    assert.deepEqual(bands(history), [
      ['phase', undefined, 3, 25, 'generate'],
      ['phase', undefined, 25, undefined, 'train'],
    ]);
    history.add(seen(start + 40_000, {}, phase('train', start + 38_000, start + 40_000)));
    assert.deepEqual(
      bands(history).slice(1),
      [
        ['phase', undefined, 25, 38, 'train'],
        ['phase', undefined, 38, undefined, 'train'],
      ],
      'again the same, met anew',
    );
  });

  it('are the states of engines that are neither active nor quiet', () => {
    const history = new History();
    const states: EngineState[] = ['starting', 'active', 'quiet', 'asleep', 'asleep', 'dead'];
    for (const [step, state] of states.entries()) history.add(seen(start + step * 10_000, { a: state, b: 'active' }));
    history.add(seen(start + 60_000, {}));
    assert.deepEqual(bands(history), [
      ['state', 'a', 0, 10, 'starting'],
      ['state', 'a', 30, 50, 'asleep'],
      ['state', 'a', 50, 60, 'dead'],
    ]);
  });

  it('name a restart once, and the engine that came', () => {
    const history = new History();
    const engines = [{ id: 'b', name: 'engine 1', node: '', state: 'active' as const, follows: 'a', measures: {} }];
    for (const at of [start, start + 10_000]) history.add(seen(at, {}, { engines }));
    assert.deepEqual(bands(history), [['reset', 'b', 0, undefined, 'restarted']]);
  });

  it('end when nobody looked for minutes, and go on when it was short', () => {
    const history = new History();
    for (const at of [0, 60_000, 600_000]) history.add(seen(start + at, { a: 'asleep' }));
    assert.deepEqual(bands(history), [
      ['state', 'a', 0, 60, 'asleep'],
      ['state', 'a', 600, undefined, 'asleep'],
    ]);
  });

  it('come as increments that make on the page what the host has', () => {
    const history = new History();
    let page: ChartBand[] = [];
    const states: EngineState[] = ['asleep', 'asleep', 'paused', 'active', 'dead'];
    for (const [step, state] of states.entries())
      page = mergeBands(page, history.add(seen(start + step * 10_000, { a: state })).bands);
    assert.deepEqual(page.map(short), bands(history));
  });

  it('are withdrawn when the clock goes back', () => {
    const history = new History();
    history.add(seen(start, { a: 'asleep' }));
    history.add(seen(start + 50_000, { a: 'paused' }));
    history.add(seen(start + 20_000, { a: 'active' }));
    assert.deepEqual(bands(history), [['state', 'a', 0, 20, 'asleep']]);
  });

  it('are kept as long as numbers are, and bounded', () => {
    const history = new History({ hours: () => 2 });
    for (let step = 0; step < 3 * maxBands; step++)
      history.add(seen(start + step * 1000, { a: step % 2 === 0 ? 'asleep' : 'active' }));
    const kept = bands(history);
    assert.ok(kept.length <= maxBands);
    history.add(seen(start + 3 * maxBands * 1000 + 3 * 3_600_000, { a: 'active' }));
    assert.deepEqual(bands(history), []);
  });

  it('are only those of the time that was asked for', () => {
    const history = new History();
    for (const [step, state] of (['asleep', 'active', 'paused', 'active', 'dead'] as const).entries())
      history.add(seen(start + step * 10_000, { a: state }));
    const found = history.query({ measures: [], engines: 'aggregate', from: start + 15_000, to: start + 35_000 }).bands;
    assert.deepEqual(
      found.map(({ label }) => label),
      ['paused'],
    );
  });
});

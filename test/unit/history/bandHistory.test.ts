import assert from 'node:assert/strict';
import type { EngineState, Snapshot } from '../../../src/api';
import { History } from '../../../src/history/history';
import { maxBands } from '../../../src/history/bandHistory';
import { mergeBands, type ChartBand } from '../../../src/shared/chartData';
import { snapshot, start } from './support';

function snapshotWith(at: number, states: Record<string, EngineState>, more: Partial<Snapshot> = {}): Snapshot {
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
const summarize = ({ kind, engine, from, to, label }: ChartBand): unknown[] => [
  kind,
  engine?.id,
  (from - start) / 1000,
  to === undefined ? undefined : (to - start) / 1000,
  label,
];
const bands = (history: History): unknown[][] =>
  history.query({ measures: [], engines: 'aggregate', from: 0, to: Infinity }).bands.map(summarize);

describe('the bands of a history', () => {
  it('are training phases, from when they were first seen', () => {
    const history = new History();
    history.add(snapshotWith(start + 10_000, {}, phase('generate', start + 3_000, start + 10_000)));
    history.add(snapshotWith(start + 20_000, {}, phase('generate', start + 3_000, start + 20_000)));
    history.add(snapshotWith(start + 30_000, {}, phase('train', start + 25_000, start + 30_000)));
    assert.deepEqual(bands(history), [
      ['phase', undefined, 3, 25, 'generate'],
      ['phase', undefined, 25, undefined, 'train'],
    ]);
    history.add(snapshotWith(start + 40_000, {}, phase('train', start + 38_000, start + 40_000)));
    assert.deepEqual(
      bands(history).slice(1),
      [
        ['phase', undefined, 25, 38, 'train'],
        ['phase', undefined, 38, undefined, 'train'],
      ],
      'the same phase again, seen for the first time',
    );
  });

  it('are the states of engines other than active and quiet', () => {
    const history = new History();
    const states: EngineState[] = ['starting', 'active', 'quiet', 'asleep', 'asleep', 'dead'];
    for (const [step, state] of states.entries())
      history.add(snapshotWith(start + step * 10_000, { a: state, b: 'active' }));
    history.add(snapshotWith(start + 60_000, {}));
    assert.deepEqual(bands(history), [
      ['state', 'a', 0, 10, 'starting'],
      ['state', 'a', 30, 50, 'asleep'],
      ['state', 'a', 50, 60, 'dead'],
    ]);
  });

  it('have each restart once, with the new engine', () => {
    const history = new History();
    const engines = [{ id: 'b', name: 'engine 1', node: '', state: 'active' as const, follows: 'a', measures: {} }];
    for (const at of [start, start + 10_000]) history.add(snapshotWith(at, {}, { engines }));
    assert.deepEqual(bands(history), [['reset', 'b', 0, undefined, 'restarted']]);
  });

  it('end when no snapshot came for minutes, and continue after a short time', () => {
    const history = new History();
    for (const at of [0, 60_000, 600_000]) history.add(snapshotWith(start + at, { a: 'asleep' }));
    assert.deepEqual(bands(history), [
      ['state', 'a', 0, 60, 'asleep'],
      ['state', 'a', 600, undefined, 'asleep'],
    ]);
  });

  it('merge with those of an increment at the same time, in order of time', () => {
    const state = (id: string, from: number, label: string, to?: number): ChartBand => ({
      kind: 'state',
      engine: { id, name: id },
      from,
      label,
      ...(to !== undefined && { to }),
    });
    const merged = mergeBands(
      [state('a', 1, 'asleep'), state('b', 1, 'asleep'), state('a', 5, 'dead')],
      [state('c', 3, 'paused'), state('b', 1, 'asleep', 4), state('a', 1, 'starting')],
    );
    assert.deepEqual(
      merged.map(({ engine, from, to, label }) => [engine?.id, from, to, label]),
      [
        ['a', 1, undefined, 'asleep'],
        ['b', 1, 4, 'asleep'],
        ['a', 1, undefined, 'starting'],
        ['c', 3, undefined, 'paused'],
        ['a', 5, undefined, 'dead'],
      ],
    );
  });

  it('come as increments from which the page makes what the host has', () => {
    const history = new History();
    let page: ChartBand[] = [];
    const states: EngineState[] = ['asleep', 'asleep', 'paused', 'active', 'dead'];
    for (const [step, state] of states.entries())
      page = mergeBands(page, history.add(snapshotWith(start + step * 10_000, { a: state })).bands);
    assert.deepEqual(page.map(summarize), bands(history));
  });

  it('are cut off when the clock goes back', () => {
    const history = new History();
    history.add(snapshotWith(start, { a: 'asleep' }));
    history.add(snapshotWith(start + 50_000, { a: 'paused' }));
    history.add(snapshotWith(start + 20_000, { a: 'active' }));
    assert.deepEqual(bands(history), [['state', 'a', 0, 20, 'asleep']]);
  });

  it('are kept as long as measures, and limited in number', () => {
    const history = new History({ hours: () => 2 });
    const engines = 500;
    const statesAt = (step: number): Record<string, EngineState> =>
      Object.fromEntries(
        Array.from({ length: engines }, (_, index) => [`engine ${index}`, step % 2 === 0 ? 'asleep' : 'active']),
      );
    const steps = (4 * maxBands) / engines;
    for (let step = 0; step < steps; step++) history.add(snapshotWith(start + step * 1000, statesAt(step)));
    const kept = bands(history);
    assert.equal(kept.length, maxBands);
    assert.equal(kept.at(-1)?.[2], steps - 2, 'the newest');
    history.add(snapshotWith(start + steps * 1000 + 3 * 3_600_000, { a: 'active' }));
    assert.deepEqual(bands(history), []);
  });

  it('keep the phases, however many engines have states', () => {
    const history = new History();
    const engines = Array.from({ length: 2000 }, (_, index) => `engine ${index}`);
    for (let step = 0; step < 12; step++) {
      const at = start + step * 10_000;
      const state = step % 2 === 0 ? 'asleep' : 'paused';
      const states = Object.fromEntries(engines.map((id) => [id, state] as const));
      history.add(snapshotWith(at, states, phase(`step ${step}`, at, at)));
    }
    const kinds = bands(history).map(([kind]) => kind);
    assert.equal(kinds.filter((kind) => kind === 'phase').length, 12);
    assert.equal(kinds.filter((kind) => kind === 'state').length, maxBands);
  });

  it('are only those of the requested time', () => {
    const history = new History();
    for (const [step, state] of (['asleep', 'active', 'paused', 'active', 'dead'] as const).entries())
      history.add(snapshotWith(start + step * 10_000, { a: state }));
    const found = history.query({ measures: [], engines: 'aggregate', from: start + 15_000, to: start + 35_000 }).bands;
    assert.deepEqual(
      found.map(({ label }) => label),
      ['paused'],
    );
  });
});

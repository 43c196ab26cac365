/** The current run as variables see it. */
import assert from 'node:assert/strict';
import type { Engine, Snapshot } from '../../../src/api';
import { runFacts } from '../../../src/promql/runFacts';
import { substitute } from '../../../src/promql/variables';

describe('Facts of the run for variables', () => {
  const engine = (overrides: Partial<Engine> & Pick<Engine, 'id'>): Engine => ({
    name: 'engine',
    node: '10.0.0.1',
    state: 'active',
    measures: {},
    ...overrides,
  });
  const snapshotOf = (...engines: Engine[]): Snapshot => ({
    at: 0,
    window: undefined,
    trigger: 'api',
    values: {},
    measures: {},
    sinceStart: {},
    engines,
    targets: [],
    findings: [],
  });

  it('on Ray are the nodes, the WorkerIds of living engines, and the session', () => {
    const snapshot = snapshotOf(
      engine({ id: 'w1', workerId: 'w1' }),
      engine({ id: 'w2', workerId: 'w2' }),
      engine({ id: 'w3', workerId: 'w3', node: '10.0.0.2', state: 'dead' }),
    );
    assert.deepEqual(runFacts(snapshot, 'session_1'), {
      nodes: ['10.0.0.1'],
      engines: ['w1', 'w2'],
      sessions: ['session_1'],
    });
  });

  it('on servers are the nodes and the labels of engines, each once, and no session', () => {
    const snapshot = snapshotOf(
      engine({ id: 'http://a:8000/metrics 0' }),
      engine({ id: 'http://a:8000/metrics 1' }),
      engine({ id: 'http://b:8000/metrics 0', node: 'b' }),
    );
    const facts = runFacts(snapshot, undefined);
    assert.deepEqual(facts, { nodes: ['10.0.0.1', 'b'], engines: ['0', '1'], sessions: [] });
    assert.equal(
      substitute('x{engine=~"$engine",SessionName=~"$session"}', {
        scrapeIntervalMs: 15_000,
        stepMs: 5_000,
        rangeMs: 3_600_000,
        ...facts,
      }).text,
      'x{engine=~"0|1",SessionName=~".*"}',
    );
  });

  it('are empty without a run', () =>
    assert.deepEqual(runFacts(undefined, undefined), { nodes: [], engines: [], sessions: [] }));
});

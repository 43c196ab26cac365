/** Queries by subject as steps of range queries: real servers give the same snapshots as by instant queries. */
import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import type { PrometheusClient } from '../../../src/prometheus/client';
import { PrometheusError } from '../../../src/prometheus/errors';
import type { RangeSeries } from '../../../src/prometheus/responseData';
import { createSender } from '../../../src/prometheus/sender';
import { isObject } from '../../../src/shared/guards';
import { loadRecording } from '../../demonstration/index';
import { recordedSamples } from '../../prometheus/recorded';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../../prometheus/server';
import { findVictoria, startVictoria } from '../../prometheus/victoria';
import { nothingElseKnown } from '../support/nothingElseKnown';
import { targetOf } from '../support/replay';
import { clientAt, sourceOf, timerRequest } from './realServer';

const perEngine = /by \([^)]*WorkerId/;

/** How a snapshot asked about single engines. */
type QueryKind = 'instant' | 'both' | 'steps';

/** The snapshots of recorded steps through a client, and how each asked about single engines. */
async function readRecording(
  steps: readonly { at: number }[],
  client: PrometheusClient,
  setNow: (now: number) => void,
): Promise<{ snapshots: Snapshot[]; kinds: QueryKind[] }> {
  let [isInstant, isStepped] = [false, false];
  let now = 0;
  const counting: PrometheusClient = {
    ...client,
    query: (query, at, ...more) => {
      if (at !== undefined && perEngine.test(query)) isInstant = true;
      return client.query(query, at, ...more);
    },
    queryRange: (...call) => {
      isStepped = true;
      return client.queryRange(...call);
    },
  };
  const source = sourceOf(counting, () => now);
  const snapshots: Snapshot[] = [];
  const kinds: QueryKind[] = [];
  const request = timerRequest({
    discovery: { targets: [0, 1].map(targetOf), reason: '', ray: {} },
    session: undefined,
  });
  const { trigger, signal, timeoutMs } = request;
  for (const { at } of steps) {
    setNow((now = at));
    [isInstant, isStepped] = [false, false];
    const evidence = await source.collect(request);
    const context = { ...nothingElseKnown, trigger, now, signal, timeoutMs, rayVersion: evidence.rayVersion };
    const { snapshot } = await source.evaluate(evidence, context);
    snapshots.push(snapshot);
    kinds.push(isInstant && isStepped ? 'both' : isStepped ? 'steps' : 'instant');
  }
  return { snapshots, kinds };
}

/** Equal values in equal places; numbers to nine digits, because servers add in any order. */
function assertClose(actual: unknown, expected: unknown, path: string): void {
  if (typeof actual === 'number' && typeof expected === 'number')
    assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${path}: ${actual} and ${expected}`);
  else if (isObject(actual) && isObject(expected)) {
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort(), path);
    for (const [key, value] of Object.entries(actual)) assertClose(value, expected[key], `${path} ${key}`);
  } else if (Array.isArray(actual) && Array.isArray(expected)) assertClose({ ...actual }, { ...expected }, path);
  else assert.equal(actual, expected, path);
}

/** Equal snapshots, whatever the answers were like. */
function assertEqual(actual: readonly Snapshot[], expected: readonly Snapshot[]): void {
  const withoutTargets = (snapshots: readonly Snapshot[]): object[] => snapshots.map(({ targets: _, ...rest }) => rest);
  assertClose(withoutTargets(actual), withoutTargets(expected), 'snapshots');
}

const servers = {
  Prometheus: {
    find: findPrometheus,
    start: (path: string, openMetrics: string) => startPrometheus(path, { openMetrics }),
  },
  VictoriaMetrics: { find: findVictoria, start: startVictoria },
};

for (const [server, name] of [
  ['Prometheus', 'ray-2.57'],
  ['Prometheus', 'ray-2.51'],
  ['VictoriaMetrics', 'ray-2.57-speculation'],
] as const)
  describe(`queries by subject to a real ${server} with ${name}`, function () {
    this.timeout(60_000);
    const sender = createSender();
    let real: RealPrometheus | undefined;
    let now = 0;
    let client: PrometheusClient;
    const read = (count: number, changes: Partial<PrometheusClient> = {}): ReturnType<typeof readRecording> =>
      readRecording(loadRecording(name).steps.slice(0, count), { ...client, ...changes }, (time) => (now = time));

    before(async function () {
      this.timeout(120_000);
      const { find, start } = servers[server];
      const found = find();
      if ('reason' in found) return this.skip();
      real = await start(found.path, recordedSamples(loadRecording(name).steps));
      client = clientAt(sender.send, real.url, () => now);
    });
    after(async () => {
      await real?.stop();
      await sender.close();
    });

    it('are steps once a snapshot with rates was equal, and the snapshots are those by instant queries', async () => {
      const refused = (): Promise<never> => Promise.reject(new PrometheusError('bad-query', 'unexpected "@"'));
      const [steps, instants] = [await read(6), await read(6, { queryRange: refused })];
      assertEqual(steps.snapshots, instants.snapshots);
      // The first snapshot has no rates yet, the second compares.
      const [, , ...later] = steps.kinds;
      assert.deepEqual(steps.kinds, ['instant', 'both', ...later.map(() => 'steps')]);
      assert.deepEqual(instants.kinds, ['instant', 'both', ...later.map(() => 'instant')]);
      assert.ok(
        steps.snapshots.some(({ engines }) => engines.some(({ measures }) => Object.keys(measures).length > 40)),
      );
    });

    // One server is enough to test what happens if it answers something else.
    if (name !== 'ray-2.51') return;
    it('are instant where steps give something else', async () => {
      const off = (series: readonly RangeSeries[]): RangeSeries[] =>
        series.map((each) => ({ ...each, value: each.value.map((value) => value * (1 + 1e-6)) }));
      const { snapshots, kinds } = await read(4, {
        queryRange: async (...call) => {
          const response = await client.queryRange(...call);
          const { data } = response;
          return data.type === 'matrix' ? { ...response, data: { ...data, series: off(data.series) } } : response;
        },
      });
      assertEqual(snapshots, (await read(4)).snapshots);
      assert.deepEqual(kinds, ['instant', 'both', 'instant', 'instant']);
    });
  });

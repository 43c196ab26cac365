/** The table of situations, through both sources: the targets, and a real Prometheus that has scraped them. */
import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import type { SourceRequest } from '../../../src/collector/snapshotSource';
import { createPrometheusClient } from '../../../src/prometheus/client';
import { PrometheusSource } from '../../../src/prometheus/prometheusSource';
import { createSender } from '../../../src/prometheus/sender';
import { recordedSamples } from '../../prometheus/recorded';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../../prometheus/server';
import { at, newScene } from '../metrics/scene';
import { catalogIndex } from '../support/catalogIndex';
import { situations, type Situation } from './situations';
import { nothingElseKnown } from '../support/nothingElseKnown';

const agent = 'http://192.0.2.2:1/metrics';
const secondsOf = ({ lastSecond }: Situation): number[] =>
  Array.from({ length: lastSecond / 10 + 1 }, (_, index) => 10 * index);

/** What the table expects of a snapshot. */
function resultOf({ engines, findings }: Snapshot): Pick<Situation, 'engines' | 'findings'> {
  return {
    engines: Object.fromEntries(
      engines.map(({ id, state, follows }) => [id, { state, ...(follows !== undefined && { follows }) }]),
    ),
    findings: findings.map(({ severity, id, engine = '' }) => `${severity} ${id} ${engine}`),
  };
}

describe('situations as the targets show them', () => {
  for (const situation of situations)
    it(situation.what, () => {
      const { body, actors, engines, findings } = situation;
      const scene = newScene();
      const snapshots = secondsOf(situation).map((second) =>
        scene.scrape(second, { [agent]: body(second) }, { actors: actors(second), trigger: 'timer' }),
      );
      assert.deepEqual(resultOf(snapshots.at(-1) ?? assert.fail()), { engines, findings });
    });
});

describe('situations as a real Prometheus has them', function () {
  this.timeout(60_000);
  const sender = createSender();
  let real: RealPrometheus;
  /** The session of a situation; all of them are in one server. */
  const sessionOf = (situation: Situation): string => `s${situations.indexOf(situation)}`;

  before(async function () {
    this.timeout(120_000);
    const found = findPrometheus();
    if ('reason' in found) return this.skip();
    const steps = situations.flatMap((situation) =>
      secondsOf(situation).map((second) => ({
        at: at(second),
        bodies: [
          {
            node: 0,
            bytes: Buffer.from(
              situation.body(second).replaceAll('SessionName="s"', `SessionName="${sessionOf(situation)}"`),
            ),
          },
        ],
      })),
    );
    real = await startPrometheus(found.path, { openMetrics: recordedSamples(steps, () => '192.0.2.2:1') });
  });
  after(async () => {
    await real?.stop();
    await sender.close();
  });

  for (const situation of situations) {
    const { what, actors, engines, findings, prometheus } = situation;
    it(`${what}${prometheus ? `, but ${prometheus.why}` : ''}`, async () => {
      let now = 0;
      const own = createPrometheusClient({
        send: sender.send,
        base: real.url,
        typedByUser: true,
        now: Date.now,
        headers: () => Promise.resolve({}),
      });
      const source = new PrometheusSource({
        catalogIndex,
        getClient: () => ({ ...own, query: (query, time, ...more) => own.query(query, time ?? now, ...more) }),
        readIntervalMs: () => Promise.resolve(10_000),
        now: () => now,
      });
      const { signal } = new AbortController();
      const request: SourceRequest = {
        trigger: 'timer',
        discovery: { targets: [{ url: agent, kind: 'ray', discoveredBy: 'dashboard' }], reason: '', ray: {} },
        get: () => Promise.reject(new Error('no target is asked')),
        signal,
        timeoutMs: 5000,
        intervalMs: 10_000,
        session: sessionOf(situation),
        rediscover: () => Promise.reject(new Error('discovered twice')),
      };
      let last: Snapshot | undefined;
      for (const second of secondsOf(situation)) {
        now = at(second);
        const evidence = await source.collect(request);
        const { snapshot } = await source.evaluate(evidence, {
          trigger: 'timer',
          now,
          signal,
          timeoutMs: 5000,
          ...nothingElseKnown,
          actors: new Map(actors(second)),
          rayVersion: evidence.rayVersion,
        });
        last = snapshot;
      }
      assert.deepEqual(resultOf(last ?? assert.fail()), {
        engines: prometheus?.engines ?? engines,
        findings: prometheus?.findings ?? findings,
      });
    });
  }
});

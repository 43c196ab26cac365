/** The table of situations, through both sources: the targets, and a real Prometheus that has scraped them. */
import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import { createSender } from '../../../src/prometheus/sender';
import { recordedSamples } from '../../prometheus/recorded';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../../prometheus/server';
import { at, newScene } from '../metrics/scene';
import { assertObeys } from '../support/assertObeys';
import { nothingElseKnown } from '../support/nothingElseKnown';
import { clientAt, sourceOf, timerRequest } from './realServer';
import { situations, type Situation } from './situations';

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
      const source = sourceOf(
        clientAt(sender.send, real.url, () => now),
        () => now,
      );
      const request = timerRequest({
        discovery: { targets: [{ url: agent, kind: 'ray', discoveredBy: 'dashboard' }], reason: '', ray: {} },
        session: sessionOf(situation),
      });
      const { trigger, signal, timeoutMs } = request;
      let last: Snapshot | undefined;
      for (const second of secondsOf(situation)) {
        now = at(second);
        const evidence = await source.collect(request);
        const { snapshot } = await source.evaluate(evidence, {
          trigger,
          now,
          signal,
          timeoutMs,
          ...nothingElseKnown,
          actors: new Map(actors(second)),
          rayVersion: evidence.rayVersion,
        });
        last = assertObeys(snapshot);
      }
      assert.deepEqual(resultOf(last ?? assert.fail()), {
        engines: prometheus?.engines ?? engines,
        findings: prometheus?.findings ?? findings,
      });
    });
  }
});

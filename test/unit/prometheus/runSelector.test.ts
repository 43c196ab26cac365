/** Which series are a run's if several runs share one real Prometheus, and what is said if there are none. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Snapshot } from '../../../src/api';
import { serverTarget } from '../../../src/discovery/targets';
import type { EvaluationContext, SourceRequest, SourceReport } from '../../../src/collector/snapshotSource';
import type { PrometheusClient } from '../../../src/prometheus/client';
import { createSender } from '../../../src/prometheus/sender';
import { PrometheusSource } from '../../../src/prometheus/prometheusSource';
import { loadRecording, type RecordedStep, type RecordingName } from '../../demonstration/index';
import { recordedSamples } from '../../prometheus/recorded';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../../prometheus/server';
import { replayRecording } from '../support/replay';
import { catalogIndex } from '../support/catalogIndex';
import { nothingElseKnown } from '../support/nothingElseKnown';
import { clientAt, sourceOf, timerRequest } from './realServer';

/** When all recordings end. */
const end = 1_790_000_000_000;
const shifted = (name: RecordingName, last: string): RecordedStep[] => {
  const { steps } = loadRecording(name);
  const upTo = steps.slice(0, steps.findIndex((step) => step.name === last) + 1);
  const by = end - (upTo.at(-1)?.at ?? 0);
  return upTo.map((step) => ({ ...step, at: step.at + by }));
};
const sessionOf = (steps: readonly RecordedStep[]): string =>
  /SessionName="([^"]+)"/.exec(steps[0]?.bodies[0]?.bytes.toString('utf8') ?? '')?.[1] ?? '';

describe('a run among several in one Prometheus', function () {
  this.timeout(20_000);
  const sender = createSender();
  const newer = shifted('ray-2.57', '04-load');
  const older = shifted('ray-2.51', '04-load');
  const native = shifted('vllm-0.32-native', '04-load');
  const samples = [
    [newer, 'new'],
    [older, 'old'],
    [native, 'native'],
  ]
    .map(([steps, host]) =>
      recordedSamples(steps as RecordedStep[], (node) => `${String(host)}${node}:8000`).replace('# EOF\n', ''),
    )
    .join('');
  let real: RealPrometheus;
  /** Its queries may read a few samples only. */
  let limited: RealPrometheus;
  let now = end;
  let path = '';

  before(async function () {
    this.timeout(120_000);
    const found = findPrometheus();
    if ('reason' in found) return this.skip();
    path = found.path;
    real = await startPrometheus(found.path, { openMetrics: `${samples}# EOF\n` });
    limited = await startPrometheus(found.path, {
      openMetrics: recordedSamples(newer),
      flags: ['--query.max-samples=700'],
    });
  });
  beforeEach(() => {
    now = end;
  });
  after(async () => {
    await real?.stop();
    await limited?.stop();
    await sender.close();
  });

  const clientOfServer = ({ url }: { url: string }): PrometheusClient => clientAt(sender.send, url, () => now);

  async function scrape(
    server: { url: string },
    change: Partial<SourceRequest>,
    context: Partial<EvaluationContext> = {},
    source = sourceOf(clientOfServer(server), () => now),
  ): Promise<{ snapshot: Snapshot; report: SourceReport | undefined }> {
    const discovery = change.discovery ?? { targets: [], reason: '', ray: {} };
    const request = timerRequest({
      discovery,
      session: undefined,
      rediscover: () => Promise.resolve(discovery),
      ...change,
    });
    const evidence = await source.collect(request);
    const { snapshot, report } = await source.evaluate(evidence, {
      trigger: 'timer',
      now,
      signal: request.signal,
      timeoutMs: request.timeoutMs,
      ...nothingElseKnown,
      rayVersion: evidence.rayVersion,
      ...context,
    });
    return { snapshot, report };
  }

  const enginesIn = (steps: readonly RecordedStep[]): string[] =>
    [
      ...new Set(
        steps.flatMap(({ bodies }) =>
          bodies.flatMap(({ bytes }) =>
            [...bytes.toString('utf8').matchAll(/^ray_vllm_num_requests_running\{[^\n]*WorkerId="(\w+)"/gm)].map(
              ([, id = '']) => id,
            ),
          ),
        ),
      ),
    ].sort();
  const ids = ({ engines }: Snapshot): string[] => engines.map(({ id }) => id).sort();

  it('is the session that Ray names', async () => {
    const { snapshot, report } = await scrape(real, { session: sessionOf(older) });
    assert.deepEqual(ids(snapshot), enginesIn(older));
    assert.match(report?.matchReason ?? '', /as Ray says/);
    assert.ok(snapshot.engines.every(({ node }) => node !== ''));
  });

  it('is the newest session if Ray names none, with a finding that there are more', async () => {
    const { snapshot } = await scrape(real, {});
    const newest = [sessionOf(newer), sessionOf(older)].sort().at(-1) as string;
    assert.deepEqual(ids(snapshot), enginesIn(newest === sessionOf(newer) ? newer : older));
    assert.match(snapshot.findings.find(({ id }) => id === 'prometheus-session')?.message ?? '', new RegExp(newest));
  });

  it('has no measures of another job’s workers, but SkyRL’s values count them in', async () => {
    const [other = '', ...ours] = enginesIn(newer);
    const { snapshot: all } = await scrape(real, { session: sessionOf(newer) });
    const { snapshot } = await scrape(real, { session: sessionOf(newer) }, { otherWorkers: new Set([other]) });
    assert.deepEqual(ids(snapshot), ours);
    const running = (of: Snapshot): number => of.measures['num_requests_running']?.value ?? NaN;
    const own = all.engines.find(({ id }) => id === other)?.measures['num_requests_running']?.value ?? NaN;
    assert.equal(running(snapshot), running(all) - own);
    assert.equal(snapshot.values['vllm/num_requests_running'], all.values['vllm/num_requests_running']);
  });

  it('has a dead engine if its actor has ended, which is in no measure', async () => {
    const [dead = ''] = enginesIn(newer);
    const actors = new Map(
      enginesIn(newer).map((workerId) => [
        workerId,
        { workerId, className: 'VLLMServerActor', state: workerId === dead ? 'DEAD' : 'ALIVE', jobId: '01' },
      ]),
    );
    const { snapshot } = await scrape(real, { session: sessionOf(newer) }, { actors });
    assert.equal(snapshot.engines.find(({ id }) => id === dead)?.state, 'dead');
    assert.equal(snapshot.measures['num_requests_running']?.counted, enginesIn(newer).length - 1);
    assert.equal(snapshot.measures['num_requests_running']?.of, enginesIn(newer).length - 1);
  });

  it('has a server by its instance, with the id that a scrape gives it', async () => {
    const { snapshot } = await scrape(real, {
      discovery: { targets: [serverTarget('native0:8000', 'vllm', 'setting')], reason: '', ray: {} },
    });
    assert.deepEqual(ids(snapshot), ['http://native0:8000/metrics 0']);
    assert.ok((snapshot.measures['generation_throughput_tok_s']?.value ?? 0) > 0);
  });

  it('is empty if nothing matches: no other series are taken', async () => {
    for (const change of [
      { session: 'session_of_nobody' },
      { discovery: { targets: [serverTarget('elsewhere:8000', 'vllm', 'setting')], reason: '', ray: {} } },
    ]) {
      const { snapshot, report } = await scrape(real, change);
      assert.equal(report?.state, 'empty');
      assert.match(
        report?.message ?? '',
        /nothing fits: looked for (?:SessionName session_of_nobody|instance elsewhere:8000)/,
      );
      assert.deepEqual([snapshot.measures, snapshot.values, snapshot.engines], [{}, {}, []]);
    }
  });

  for (const [hours, age] of [
    [1, '60 min'],
    [26, '26 h'],
    [10 * 24, '240 h'],
  ] as const)
    it(`is reported as old after ${age}, and shown as of then, whoever names it`, async () => {
      now = end + hours * 3_600_000;
      const servers = { targets: [serverTarget('native0:8000', 'vllm', 'setting')], reason: '', ray: {} };
      // Without a dashboard nothing names it.
      for (const change of [{ session: sessionOf(newer) }, {}, { discovery: servers }]) {
        const { snapshot, report } = await scrape(real, change);
        assert.deepEqual([report?.state, report?.message], ['old', `Its newest sample of this run is ${age} old.`]);
        assert.equal(snapshot.at, end);
        assert.ok(snapshot.engines.length > 0 && Object.values(snapshot.measures).every(({ to }) => to <= end));
      }
    });

  it('is empty if its last sample is too old to be found', async () => {
    now = end + 31 * 24 * 3_600_000;
    const { report } = await scrape(real, { session: sessionOf(newer) });
    assert.deepEqual(report?.state, 'empty');
  });

  it('is old once its targets are lost, which ends their series at once', async () => {
    const agent = createServer((_, response) => response.end(newer.at(-1)?.bodies[0]?.bytes));
    agent.listen(0, '127.0.0.1');
    await once(agent, 'listening');
    const { port } = agent.address() as AddressInfo;
    const live = await startPrometheus(path, { scrape: [{ targets: [`127.0.0.1:${port}`] }] });
    try {
      const tokens = 'ray_vllm_generation_tokens_total';
      const until = async (isThere: boolean): Promise<void> => {
        while ((await live.ask(tokens)).length > 0 !== isThere) await setTimeout(100);
      };
      await until(true);
      const seenAt = Date.now();
      agent.close();
      agent.closeAllConnections();
      await until(false);
      for (const wait of [0, 20 * 60_000]) {
        now = Date.now() + wait;
        const { snapshot, report } = await scrape(live, {});
        assert.equal(report?.state, wait === 0 ? 'ok' : 'old', report?.message);
        assert.ok(Math.abs(snapshot.at - seenAt) < 5000, `${snapshot.at - seenAt} ms off`);
      }
    } finally {
      agent.close();
      await live.stop();
    }
  });

  it('has a finding if the server’s clock is ahead', async () => {
    now = end;
    const source = new PrometheusSource({
      catalogIndex,
      getClient: () => clientOfServer(real),
      readIntervalMs: () => Promise.resolve(10_000),
      now: () => end - 120_000,
    });
    const { snapshot } = await scrape(real, { session: sessionOf(newer) }, {}, source);
    assert.match(snapshot.findings.find(({ id }) => id === 'prometheus-clock')?.message ?? '', /2 min ahead/);
  });

  it('lacks what failed queries would have told, with a finding, and everything if all fail', async () => {
    const { snapshot, report } = await scrape(limited, { session: sessionOf(newer) });
    assert.equal(report?.state, 'partial', report?.message);
    assert.match(
      snapshot.findings.find(({ id }) => id === 'prometheus-partial')?.message ?? '',
      /queries to Prometheus failed: The query reads more samples than the server allows/,
    );
    const complete = await replayRecording('ray-2.57', { withActors: false });
    assert.ok(Object.keys(snapshot.measures).length < Object.keys(complete[3]?.snapshot.measures ?? {}).length);
    const unreachable = await scrape({ url: 'http://127.0.0.1:1' }, { session: sessionOf(newer) });
    assert.equal(unreachable.report?.state, 'failed');
    assert.match(unreachable.snapshot.targets[0]?.error ?? '', /refused/);
    assert.deepEqual([unreachable.snapshot.measures, unreachable.snapshot.values], [{}, {}]);
  });
});

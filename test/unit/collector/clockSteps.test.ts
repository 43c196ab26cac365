import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import { Collector } from '../../../src/collector/collector';
import { createSchedule } from '../../../src/collector/schedule';
import { noTokens } from '../../../src/discovery/token';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import { History } from '../../../src/history/history';
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';
import { manualClock, type ManualClock } from '../support/clock';
import { generation, nativeEngine, rayEngine } from '../metrics/scene';

const server = 'http://127.0.0.1:2/metrics';

/** A server, or Ray's agent, of 100 tokens/s, scraped by a collector. */
function watch(kind: 'vllm' | 'ray'): {
  clock: ManualClock;
  scrape: () => Promise<Snapshot>;
  failing: { is: boolean };
} {
  const clock = manualClock(Date.UTC(2026, 10, 24));
  const failing = { is: false };
  const get: HttpGet = (url, { onChunk }) => {
    if (!url.endsWith('/metrics')) return Promise.reject(new HttpError('status', 'HTTP 404', 404));
    if (failing.is) return Promise.reject(new HttpError('refused', 'connection refused'));
    const samples = { generation_tokens_total: clock.elapsed() / 10, num_requests_running: 3 };
    const bytes = Buffer.from(kind === 'ray' ? rayEngine('w1', samples) : nativeEngine(samples));
    onChunk?.(bytes);
    return Promise.resolve({ at: clock.now(), bytes: bytes.length, mediaType: '', framed: true });
  };
  const collector = new Collector({
    catalogIndex: () => catalogIndex,
    get,
    clock,
    onChange: () => undefined,
    onSnapshot: assertObeys,
    input: () => ({
      discovery: {
        metricsPath: 'external-servers',
        serverUrls: [],
        serverCount: 1,
        dashboardSetting: '',
        dashboardTyped: false,
        endpoints: [server],
        endpointsTyped: true,
        tokens: noTokens,
        environment: { RAY_TMPDIR: '/nonexistent', HOME: '/nonexistent' },
      },
      requestsAllowed: true,
      expectedEngines: 1,
      timeoutMs: 1000,
      intervalMs: 10_000,
      ignoreHold: true,
    }),
  });
  return { clock, scrape: () => collector.scrape('api'), failing };
}

describe('a machine whose clock is set', () => {
  for (const kind of ['vllm', 'ray'] as const)
    for (const step of [3_600_000, -3_600_000, -9_000, 9_000])
      it(`by ${step / 1000} s: rates, states and ages of ${kind} stay right`, async () => {
        const { clock, scrape } = watch(kind);
        await scrape();
        await clock.advance(10_000);
        await scrape();
        clock.set(step);
        for (let count = 0; count < 3; count += 1) {
          await clock.advance(10_000);
          const snapshot = await scrape();
          const [engine] = snapshot.engines;
          assert.equal(Math.round((generation(snapshot) ?? NaN) * 1e6) / 1e6, 100);
          assert.equal(Math.round((snapshot.values['vllm/generation_throughput_tok_s'] ?? NaN) * 1e6) / 1e6, 100);
          assert.deepEqual([engine?.state, engine?.movedAt, snapshot.at], ['active', clock.now(), clock.now()]);
          assert.deepEqual(snapshot.window, { from: clock.now() - 10_000, to: clock.now() });
          assert.deepEqual(snapshot.findings, []);
        }
      });

  it('back by an hour while a server is down: its gauges grow old all the same', async () => {
    const { clock, scrape, failing } = watch('vllm');
    await scrape();
    await clock.advance(10_000);
    assert.equal((await scrape()).measures['num_requests_running']?.value, 3);
    failing.is = true;
    clock.set(-3_600_000);
    await clock.advance(30_000);
    const { measures, engines } = await scrape();
    assert.equal('num_requests_running' in measures, false);
    assert.notEqual(engines[0]?.state, 'active');
  });

  it('neither hurries nor stops the timer', async () => {
    const clock = manualClock();
    let runs = 0;
    const schedule = createSchedule({
      clock,
      task: () => {
        runs += 1;
        return Promise.resolve();
      },
      onError: () => undefined,
      nextIntervalMs: () => 10_000,
    });
    schedule.update();
    await clock.advance(1);
    clock.set(-3_600_000);
    clock.follow();
    schedule.update();
    await clock.advance(10_000);
    clock.set(3_600_000);
    clock.follow();
    schedule.update();
    await clock.advance(1_000);
    assert.equal(runs, 2);
    schedule.dispose();
  });

  it('has one point per time in the history, and none of the future', async () => {
    const { clock, scrape } = watch('vllm');
    const history = new History({ hours: () => 24 });
    for (const step of [0, 0, -3_600_000, 0, 3_600_000, 0]) {
      clock.set(step);
      await clock.advance(10_000);
      history.add(await scrape());
    }
    const { series } = history.query({
      measures: ['generation_throughput_tok_s'],
      engines: 'aggregate',
      from: 0,
      to: Infinity,
    });
    const times = series[0]?.at ?? [];
    assert.ok(times.length >= 3);
    assert.ok(times.every((time, index) => time <= clock.now() && time > (times[index - 1] ?? 0)));
    assert.ok(series[0]?.value.every((value) => value === null || Math.abs(value - 100) < 1e-3));
  });
});

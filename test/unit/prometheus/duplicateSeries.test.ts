/**
 * Engines that a real Prometheus has several times count once, engines that only look alike all count, and gauges that
 * are no number count nothing.
 */
import assert from 'node:assert/strict';
import type { SourceReport } from '../../../src/collector/snapshotSource';
import type { Snapshot } from '../../../src/api';
import { createSender } from '../../../src/prometheus/sender';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../../prometheus/server';
import { at } from '../metrics/scene';
import { nothingElseKnown } from '../support/nothingElseKnown';
import { clientAt, sourceOf, timerRequest } from './realServer';

/** One series of an engine, scraped every 10 s up to 120 s. */
interface Copy {
  labels: Record<string, string>;
  /** What its counter began at. */
  tokens?: number;
  /** The second of its last scrape. */
  last?: number;
  /** Requests that run, 4 by default. */
  running?: string;
}

interface Case {
  what: string;
  native?: true;
  copies: readonly Copy[];
  /** Requests that run, 4 for each engine, and tokens/s, 200 for each. */
  engines: number;
  /** Engines whose requests are no number. */
  invalid?: number;
  finding?: true;
  /** Addresses of the servers that discovery knows. */
  servers?: readonly string[];
}

const ray = (worker: string, more: Record<string, string>, last?: number): Copy => ({
  labels: { WorkerId: worker, NodeAddress: '192.0.2.2', job: 'ray', instance: '192.0.2.2:1', ...more },
  ...(last !== undefined && { last }),
});
const eachOf = (values: readonly string[], copies: (value: string) => Copy[]): Copy[] => values.flatMap(copies);
const pair = (more: Record<string, string>, last?: number): Copy[] => [ray('w1', more, last), ray('w2', more, last)];

const cases: readonly Case[] = [
  { what: 'two engines that are there once', copies: pair({}), engines: 2 },
  {
    what: 'two servers of a pair, told apart by an external label',
    copies: eachOf(['a', 'b'], (replica) => pair({ prometheus_replica: replica })),
    engines: 2,
  },
  {
    what: 'two jobs that scrape one target, with other labels',
    copies: [...pair({}), ...pair({ job: 'pods', instance: 'pod-1:8080', pod: 'pod-1' })],
    engines: 2,
  },
  {
    what: 'a pair of servers with two jobs each',
    copies: eachOf(['a', 'b'], (replica) => eachOf(['x', 'y'], (job) => pair({ replica, job }))),
    engines: 2,
  },
  { what: 'a job that scrapes one of two nodes', copies: [...pair({}), ray('w1', { job: 'one' })], engines: 2 },
  {
    what: 'one target under two addresses on each of two nodes',
    copies: [
      ...eachOf(['192.0.2.2:1', 'node-2:1'], (instance) => [ray('w1', { instance })]),
      ...eachOf(['192.0.2.3:1', 'node-3:1'], (instance) => [ray('w2', { instance })]),
    ],
    engines: 2,
  },
  {
    what: 'a server of a pair that has ended without a stale marker',
    copies: [...pair({ replica: 'a' }, 60), ...pair({ replica: 'b' })],
    engines: 2,
  },
  {
    what: 'jobs that overlap, so that no label tells all copies apart',
    copies: [
      ...eachOf(['x', 'y'], (job) => [ray('w1', { job })]),
      ...eachOf(['y', 'z'], (job) => [ray('w2', { job })]),
      ...eachOf(['x', 'z'], (job) => [ray('w3', { job })]),
    ],
    engines: 4,
    finding: true,
  },
  {
    what: 'ranks and models of one worker',
    copies: [ray('w1', {}), ray('w1', { engine: '1' }), ray('w1', { model_name: 'other' })],
    engines: 3,
  },
  {
    what: 'engines whose gauges are no number, beside one whose is',
    copies: [{ ...ray('w1', {}), running: 'NaN' }, { ...ray('w2', {}), running: '+Inf' }, ray('w3', {})],
    engines: 3,
    invalid: 2,
  },
  {
    what: 'a server that two jobs scrape',
    native: true,
    copies: [{ labels: { job: 'x' } }, { labels: { job: 'y' } }],
    engines: 1,
  },
  {
    what: 'two servers whose instance was relabelled to one name',
    native: true,
    copies: [{ labels: { pod: 'x' } }, { labels: { pod: 'y' }, tokens: 90_000 }],
    engines: 2,
  },
  {
    what: 'two servers that another Prometheus passes on',
    native: true,
    copies: [{ labels: { exported_instance: 'x:1' } }, { labels: { exported_instance: 'y:1' } }],
    engines: 2,
  },
  {
    what: 'two servers that another Prometheus passes on, among others that are not ours',
    native: true,
    servers: ['192.0.2.50:8000', '192.0.2.51:8000'],
    copies: ['192.0.2.50:8000', '192.0.2.51:8000', '192.0.2.52:8000'].map((server) => ({
      labels: { instance: 'prometheus:9090', job: 'federate', exported_instance: server, exported_job: 'vllm' },
    })),
    engines: 2,
  },
];

describe('engines that a Prometheus has several times', function () {
  this.timeout(60_000);
  const sender = createSender();
  let real: RealPrometheus;
  const idOf = (one: Case): number => cases.indexOf(one);
  const host = (one: Case): string => `192.0.2.${100 + idOf(one)}:8000`;

  function linesOf(one: Case): string[] {
    const prefix = one.native ? 'vllm:' : 'ray_vllm_';
    const own = one.native ? { instance: host(one) } : { SessionName: `s${idOf(one)}` };
    return one.copies.flatMap(({ labels, tokens = 10_000, last = 120, running = '4' }) => {
      const text = Object.entries({ engine: '0', model_name: 'm', ...own, ...labels })
        .map(([name, value]) => `${name}="${value}"`)
        .join(',');
      const seconds = Array.from({ length: last / 10 + 1 }, (_, index) => 10 * index);
      const series = (name: string, value: (second: number) => number | string): string[] =>
        seconds.map((second) => `${prefix}${name}{${text}} ${value(second)} ${at(second) / 1000}`);
      return [
        ...series('num_requests_running', () => running),
        ...series('generation_tokens_total', (second) => tokens + 200 * second),
      ];
    });
  }

  before(async function () {
    this.timeout(120_000);
    const found = findPrometheus();
    if ('reason' in found) return this.skip();
    real = await startPrometheus(found.path, { openMetrics: [...cases.flatMap(linesOf), '# EOF', ''].join('\n') });
  });
  after(async () => {
    await real?.stop();
    await sender.close();
  });

  async function scrape(one: Case): Promise<{ snapshot: Snapshot; report: SourceReport | undefined }> {
    const now = at(120);
    const source = sourceOf(
      clientAt(sender.send, real.url, () => now),
      () => now,
    );
    const request = timerRequest({
      discovery: {
        targets: (one.native ? (one.servers ?? [host(one)]) : []).map((server) => ({
          url: `http://${server}/metrics`,
          kind: 'vllm',
          discoveredBy: 'config',
        })),
        reason: '',
        ray: {},
      },
      session: one.native ? undefined : `s${idOf(one)}`,
    });
    const { trigger, signal, timeoutMs } = request;
    const context = { trigger, now, signal, timeoutMs, ...nothingElseKnown };
    return source.evaluate(await source.collect(request), context);
  }

  for (const one of cases)
    it(one.what, async () => {
      const { snapshot, report } = await scrape(one);
      const { measures, values, findings } = snapshot;
      const requests = 4 * (one.engines - (one.invalid ?? 0));
      const close = (value: number | undefined): number => Math.round(value ?? NaN);
      assert.deepEqual(
        [
          measures['num_requests_running']?.value,
          close(measures['generation_throughput_tok_s']?.value),
          values['vllm/num_requests_running'],
          close(values['vllm/generation_throughput_tok_s']),
        ],
        [requests, 200 * one.engines, requests, 200 * one.engines],
        report?.matchReason,
      );
      assert.deepEqual(
        findings.map(({ id }) => id),
        one.finding ? ['prometheus-copies'] : [],
      );
    });

  it('are engines of their own if another Prometheus passes their servers on', async () => {
    const one = cases.find(({ servers }) => servers) ?? assert.fail();
    const { snapshot, report } = await scrape(one);
    assert.deepEqual(
      snapshot.engines.map(({ id, node, measures }) => [id, node, measures['num_requests_running']?.value]),
      ['192.0.2.50', '192.0.2.51'].map((node) => [`http://${node}:8000/metrics 0`, node, 4]),
    );
    assert.match(report?.matchReason ?? '', /^exported_instance is one of 192\.0\.2\.50:8000, 192\.0\.2\.51:8000/);
  });

  it('are named with the label that was chosen', async () => {
    const { report } = await scrape(cases[1] as Case);
    assert.match(report?.matchReason ?? '', /of several copies those with prometheus_replica=~"a"/);
  });
});

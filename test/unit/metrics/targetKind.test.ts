import assert from 'node:assert/strict';
import type { Target } from '../../../src/discovery/targets';
import { exporterOf, resolveTargetKind, type Exporter } from '../../../src/metrics/targetKind';
import { serverBodies } from '../../demonstration/index';
import { newScene, nativeEngine } from './scene';

const exportersIn = (body: string): Set<Exporter> =>
  new Set(body.split('\n').flatMap((line) => exporterOf(line.split('{')[0] ?? '') ?? []));
const asKind = (kind: Target['kind'], discoveredBy: Target['discoveredBy'] = 'setting'): Target => ({
  url: 'http://h:1/metrics',
  kind,
  discoveredBy,
});

describe('resolveTargetKind', () => {
  const server = nativeEngine({ num_requests_running: 1 });
  const rows: readonly (readonly [
    what: string,
    body: string,
    target: Target,
    kind: string,
    about: string | undefined,
  ])[] = [
    ['a vLLM server', server, asKind('vllm'), 'vllm', undefined],
    ['a vLLM server at Dynamo’s port', server, asKind('dynamo'), 'dynamo', undefined],
    ['an engine behind a proxy’s address', server, asKind('router', 'config'), 'vllm', undefined],
    ['a vLLM router named as a server', serverBodies.router(), asKind('vllm'), 'router', 'a vLLM router'],
    [
      'a Dynamo worker with LMCache',
      serverBodies.dynamoWorker(3),
      asKind('vllm'),
      'dynamo',
      'a Dynamo worker with LMCache',
    ],
    [
      'a Dynamo frontend named as a server',
      serverBodies.dynamoFrontend(3),
      asKind('vllm'),
      'router',
      'a Dynamo frontend',
    ],
    [
      'a Dynamo frontend at Dynamo’s port',
      serverBodies.dynamoFrontend(3),
      asKind('dynamo'),
      'router',
      'a Dynamo frontend',
    ],
    [
      'a Ray agent named as a server',
      'ray_vllm_num_requests_running{WorkerId="w"} 1',
      asKind('vllm'),
      'ray',
      'a Ray agent',
    ],
    [
      'a Ray agent that Ray names',
      'ray_vllm_num_requests_running{WorkerId="w"} 1',
      asKind('ray', 'file'),
      'ray',
      undefined,
    ],
    [
      'a server with LMCache',
      `${server}lmcache:num_hit_tokens_total 1`,
      asKind('vllm'),
      'vllm',
      'a vLLM server with LMCache',
    ],
    ['a proxy that shows nothing known', 'http_requests_total 1', asKind('router', 'config'), 'router', undefined],
    ['a server that shows nothing known', 'process_start_time_seconds 1', asKind('vllm'), 'vllm', undefined],
  ];
  for (const [what, body, target, kind, about] of rows) {
    it(`recognises ${what}`, () => {
      const resolved = resolveTargetKind(target, exportersIn(body));
      assert.deepEqual([resolved.kind, resolved.about], [kind, about]);
    });
  }

  it('takes a Dynamo worker for an engine but not its frontend, so that a request counts once', () => {
    const [worker, frontend] = ['http://192.0.2.5:8081/metrics', 'http://192.0.2.5:8000/metrics'];
    const scene = newScene('dynamo');
    scene.scrape(0, { [worker]: serverBodies.dynamoWorker(10), [frontend]: serverBodies.dynamoFrontend(10) });
    const { engines, measures, values } = scene.scrape(10, {
      [worker]: serverBodies.dynamoWorker(30),
      [frontend]: serverBodies.dynamoFrontend(30),
    });
    assert.deepEqual(
      engines.map(({ id, measures: engineMeasures }) => [id, engineMeasures['ttft_seconds_avg']?.value]),
      [[`${worker} 0`, 0.5]],
    );
    assert.equal(measures['ttft_seconds_avg']?.value, 0.5);
    assert.equal(values['vllm/ttft_seconds_avg'], 0.5);
    assert.equal(measures['num_requests_running']?.value, 2);
  });
});

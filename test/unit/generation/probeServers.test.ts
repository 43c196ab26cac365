import assert from 'node:assert/strict';
import type { Engine } from '../../../src/api';
import { findProbeServers } from '../../../src/generation/probeServers';

const engine = (id: string, node: string): Engine => ({ id, name: id, node, state: 'active', measures: {} });

describe('findProbeServers', () => {
  it('finds the targets that are servers, with their engines', () => {
    const url = 'http://10.0.0.5:8000/metrics';
    const round = {
      discovery: {
        targets: [
          { url, kind: 'vllm' as const, discoveredBy: 'config' as const },
          { url: 'http://10.0.0.5:9/metrics', kind: 'ray' as const, discoveredBy: 'file' as const },
        ],
      },
      serverMetricsUrls: [url],
    };
    assert.deepEqual(
      findProbeServers(round, [
        engine(`${url} 0`, '10.0.0.5'),
        engine(`${url} 1`, '10.0.0.5'),
        engine('w', '10.0.0.5'),
      ]),
      [{ url: 'http://10.0.0.5:8000', typedByUser: false, engines: [`${url} 0`, `${url} 1`] }],
    );
  });

  it('finds the servers of engines that report to Ray, with the engine if both are alone on their node', () => {
    const servers = [
      'http://10.0.0.5:8000/metrics',
      'http://10.0.0.6:8000/metrics',
      'http://10.0.0.6:8100/metrics',
      'http://[fd00::7]:8000/metrics',
    ];
    const engines = [engine('a', '10.0.0.5'), engine('b', '10.0.0.6'), engine('c', '10.0.0.6'), engine('d', 'fd00::7')];
    assert.deepEqual(
      findProbeServers({ discovery: { targets: [] }, serverMetricsUrls: servers }, engines).map(
        (server) => server.engines,
      ),
      [['a'], [], [], ['d']],
    );
  });

  it('finds nothing before the first scrape', () => {
    assert.deepEqual(findProbeServers(undefined, []), []);
  });
});

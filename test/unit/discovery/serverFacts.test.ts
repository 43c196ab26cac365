import assert from 'node:assert/strict';
import { assignFactsToWorkers, type DiscoveredServer } from '../../../src/discovery/serverFacts';

const base = 'http://10.0.0.1:8000';

describe('assignFactsToWorkers', () => {
  const server = (at: string, facts: DiscoveredServer['facts']): DiscoveredServer => ({ base: at, at: 0, facts });
  const workers = new Map([
    ['10.0.0.1', ['w1']],
    ['10.0.0.2', ['w2', 'w3']],
  ]);

  it('gives the facts of the only server on a node to its only worker', () => {
    assert.deepEqual(
      [...assignFactsToWorkers([server(base, { sleeping: true })], workers)],
      [['w1', { sleeping: true }]],
    );
  });

  it('knows a node by an IPv6 address in any form', () => {
    const servers = [server('http://[fd00::7]:8000', { sleeping: true })];
    for (const node of ['fd00::7', 'FD00:0:0:0:0:0:0:7'])
      assert.deepEqual([...assignFactsToWorkers(servers, new Map([[node, ['w1']]]))], [['w1', { sleeping: true }]]);
  });

  it('gives several workers only what all servers of their node agree on', () => {
    const all = [
      server('http://10.0.0.2:8000', { sleeping: true, paused: true, version: '1' }),
      server('http://10.0.0.2:8100', { sleeping: true, paused: false, version: '1' }),
    ];
    assert.deepEqual(
      [...assignFactsToWorkers(all, workers)],
      [
        ['w2', { sleeping: true, version: '1' }],
        ['w3', { sleeping: true, version: '1' }],
      ],
    );
  });

  it('gives nothing if a node has more workers than servers, or no worker', () => {
    assert.equal(
      assignFactsToWorkers(
        [server('http://10.0.0.2:8000', { sleeping: true }), server('http://10.0.0.9:8000', { sleeping: true })],
        workers,
      ).size,
      0,
    );
  });
});

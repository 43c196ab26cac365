/** The demonstration with many engines. */
import { strict as assert } from 'node:assert';
import { clusterScenario } from '../../demonstration/live/clusterScenario';
import { demonstrationScenario } from '../../demonstration/live/demonstrationScenario';
import { simulateScrapes } from './simulatedScrapes';

/** How many of the values there are, by value. */
function countBy<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

describe('The scenario of a cluster', () => {
  it('is the demonstration’s own at its usual size', () => {
    assert.equal(clusterScenario({ engines: 4, nodes: 2 }), demonstrationScenario);
    assert.equal(clusterScenario({ engines: 4, nodes: 1 }).nodes, 1);
  });

  it('spreads engines over nodes, evenly and in their order', () => {
    for (const [engines, nodes, fewest, most] of [
      [512, 64, 8, 8],
      [17, 3, 5, 6],
      [2, 5, 1, 1],
    ] as const) {
      const onNodes = clusterScenario({ engines, nodes }).engines.map(({ node }) => node);
      const counts = [...countBy(onNodes).values()];
      assert.deepEqual([Math.min(...counts), Math.max(...counts)], [fewest, most]);
      assert.deepEqual(
        onNodes,
        [...onNodes].sort((a, b) => a - b),
      );
      assert.ok(Math.max(...onNodes) < nodes);
    }
  });

  it('has events that the steps of its simulation reach, and restarts what dies before all sleep', () => {
    const { events, stepMs, cycleSeconds } = clusterScenario({ engines: 512, nodes: 64 });
    for (const { at } of [...events, { at: cycleSeconds }]) assert.equal((at * 1000) % stepMs, 0, String(at));
    const sleepAt = events.find(({ event }) => event === 'sleep')?.at ?? NaN;
    const dying = events.filter(({ event }) => event === 'die').map(({ engine }) => engine);
    // One of 64, and the eight of one node.
    assert.equal(dying.length, 8 + 8);
    for (const engine of dying) {
      const times = events.filter((event) => event.engine === engine).map(({ at }) => at);
      assert.equal(times.length, 3);
      assert.ok(times[2]! < sleepAt, String(engine));
    }
  });

  it('is simulated: each engine reports from its node, under its own ID', () => {
    const [scrape] = simulateScrapes(20, 20, 1, 1, clusterScenario({ engines: 40, nodes: 5 }));
    assert.equal(scrape?.bodies.length, 5);
    const engines = scrape.actors.filter(({ className }) => className === 'VLLMServerActor');
    assert.equal(new Set(engines.map(({ address }) => address.workerId)).size, 40);
    assert.equal(new Set(engines.map(({ address }) => address.nodeId)).size, 5);
    for (const { address } of engines)
      assert.ok((scrape.values.get(address.workerId)?.get('num_requests_running') ?? 0) > 0, address.workerId);
    scrape.bodies.forEach((body, node) => {
      const addresses = [...body.matchAll(/^ray_vllm_num_requests_running\{.*NodeAddress="([^"]*)"/gm)].map(
        ([, address]) => address,
      );
      assert.deepEqual([...countBy(addresses)], [[`10.0.0.${11 + node}`, 8]]);
    });
  });
});

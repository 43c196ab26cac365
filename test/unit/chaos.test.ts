/** The core watches a simulated cluster under faults, and everything that it shows is true. */
import { strict as assert } from 'node:assert';
import type { Engine, Snapshot } from '../../src/api';
import { faults } from '../chaos/faults';
import { scheduleFaults } from '../chaos/faultSchedule';
import { runChaos } from '../chaos/runChaos';
import { randomOf } from './support/random';

/** The snapshot with numbers that are a little too high, and with a living engine that is dead. */
function alter(snapshot: Snapshot): Snapshot {
  const engines = snapshot.engines.map((engine, index): Engine => {
    const measures = Object.entries(engine.measures).map(([id, measure]) => [
      id,
      { ...measure, value: measure.value * 1.05 },
    ]);
    return { ...engine, state: index === 0 ? 'dead' : engine.state, measures: Object.fromEntries(measures) };
  });
  return { ...snapshot, engines };
}

describe('chaos', function () {
  // A machine with other work needs a while for the minutes of the simulation.
  this.timeout(120_000);

  it('shows nothing wrong in five simulated minutes of faults', async () => {
    const { violations, snapshots, calmSnapshots, compared, comparedPoints } = await runChaos({ seed: 17, minutes: 5 });
    assert.deepEqual(violations, []);
    assert.ok(snapshots >= 25, `${snapshots} snapshots`);
    assert.ok(calmSnapshots > 0 && compared > 5_000 && comparedPoints > 300, `${compared} measures were compared`);
  });

  it('sees a fault in every number that it compares', async () => {
    const { violations } = await runChaos({ seed: 17, minutes: 2, names: [], alter });
    const wrong = new Set(violations.map(({ what }) => what.replace(/ of [\da-f]{20,}.*/, '')));
    for (const what of ['num_requests_running', 'generation_throughput_tok_s', 'prefix_cache_hit_rate', 'the state'])
      assert.ok(wrong.has(what), `${what} is not compared: ${[...wrong].join(', ')}`);
  });

  it('lets every fault occur in an hour', () => {
    const names = new Set(scheduleFaults(randomOf(1), 3_600_000).map(({ name }) => name));
    assert.deepEqual(new Set(Object.keys(faults)), names);
  });
});

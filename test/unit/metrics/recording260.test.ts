import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { isObject } from '../../../src/shared/guards';
import { fixturePath } from '../../demonstration/paths';
import { replayRecording, type ReplayedStep } from '../support/replay';
import { assertSameValues } from './assertSameValues';

/** Output tokens that the load itself counted, by worker, by step. */
function countedTokens(): Map<string, Map<string, number>> {
  const truth: unknown = JSON.parse(readFileSync(fixturePath('ray-2.60', 'truth.json'), 'utf8'));
  assert.ok(Array.isArray(truth));
  return new Map(
    truth
      .filter(isObject)
      .map(({ event, engines }) => [
        String(event),
        new Map(
          (Array.isArray(engines) ? engines : [])
            .filter(isObject)
            .map(({ worker, gen }) => [String(worker), Number(gen)] as const),
        ),
      ]),
  );
}

/** By step, the engines by name with their states. */
const statesIn = (replayed: readonly ReplayedStep[]): Record<string, string> =>
  Object.fromEntries(
    replayed.map(({ step, snapshot }) => [
      step.name,
      snapshot.engines.map(({ name, state }) => `${name.slice(-1)} ${state}`).join(', '),
    ]),
  );

describe('the recording of Ray 2.60', () => {
  it('has the states that engines were in: killed, replaced, idle, lost with their node', async () => {
    const replayed = await replayRecording('ray-2.60');
    const loaded = '0 active, 1 active';
    assert.deepEqual(statesIn(replayed), {
      s01: `${loaded}, 2 active`,
      s02: `${loaded}, 2 active`,
      s03: `${loaded}, 2 active`,
      s04: `${loaded}, 2 active`,
      s05: `${loaded}, 2 dead`,
      s06: `${loaded}, 2 dead, 3 quiet`,
      s07: `${loaded}, 2 dead, 3 active`,
      s08: '0 quiet, 1 quiet, 2 dead, 3 quiet',
      s09: `${loaded}, 2 dead, 3 active`,
      s10: '0 dead, 1 active, 2 dead, 3 active',
      s11: '0 dead, 1 active, 2 dead, 3 active, 4 active',
      s12: '0 dead, 1 dead, 2 dead, 3 dead, 4 active',
      s13: '0 dead, 1 dead, 2 dead, 3 dead, 4 active',
      s14: '0 dead, 1 dead, 2 dead, 3 dead, 4 quiet',
    });
    const nameOf = (id: string | undefined): string | undefined =>
      replayed.at(-1)?.snapshot.engines.find((engine) => engine.id === id)?.name;
    assert.deepEqual(
      replayed.at(-1)?.snapshot.engines.map(({ follows }) => nameOf(follows)),
      [undefined, undefined, undefined, 'engine 2', 'engine 0'],
    );
  });

  it('has rates that add up to the tokens that the load counted', async () => {
    const truth = countedTokens();
    const steps = (await replayRecording('ray-2.60')).slice(0, 4);
    const [first, last] = [truth.get('s01'), truth.get('s04')];
    for (const [worker, tokens] of last ?? []) {
      const counted = tokens - (first?.get(worker) ?? NaN);
      const measured = steps
        .flatMap(({ snapshot }) => snapshot.engines.filter(({ id }) => id === worker))
        .map(({ measures }) => measures['generation_throughput_tok_s'])
        .reduce(
          (sum, measure) => sum + (measure ? (measure.value * (measure.to - (measure.from ?? NaN))) / 1000 : 0),
          0,
        );
      assert.ok(Math.abs(measured - counted) < 0.3 * counted, `${worker}: ${measured} of ${counted}`);
    }
  });

  it('has SkyRL’s gauges where a node was lost, and counts the engines that are left', async () => {
    const { step, snapshot } =
      (await replayRecording('ray-2.60')).find(({ step: { name } }) => name === 's12') ?? assert.fail();
    assert.ok(Object.keys(step.skyrlValues).every((key) => key in snapshot.values));
    assertSameValues(
      Object.fromEntries(Object.keys(step.skyrlValues).map((key) => [key, snapshot.values[key] ?? NaN])),
      step.skyrlValues,
      's12',
    );
    // Engine 4, from 1558 to 5715 tokens.
    const rate = snapshot.values['vllm/generation_throughput_tok_s'] ?? NaN;
    assert.ok(Math.abs(rate - (5715 - 1558) / 15.472) < 1e-3, String(rate));
  });
});

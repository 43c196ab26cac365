import assert from 'node:assert/strict';
import { extractScrapeFacts } from '../../../src/generation/scrapeFacts';
import { shareOrNull, CounterTotals, type CounterSums } from '../../../src/generation/counterTotals';
import { loadRecording, type RayRecording } from '../../demonstration/replay/recording';
import { replayRecording } from '../support/replay';

/** Sum of a counter over all lines of a step, read with a simple pattern. */
function total(recording: RayRecording, step: number, counter: string): number {
  const bodies = loadRecording(recording).steps[step]?.bodies ?? [];
  const values = bodies.flatMap(({ bytes }) =>
    [...bytes.toString('latin1').matchAll(new RegExp(`^ray_vllm_${counter}_total\\{.*\\} (\\S+)$`, 'gm'))].map(
      (match) => Number(match[1]),
    ),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

async function tallied(
  recording: RayRecording,
  from: number,
  to: number,
  fails?: (step: string, node: number) => boolean,
): Promise<CounterSums> {
  const tally = new CounterTotals();
  for (const { snapshot, answers } of (await replayRecording(recording, { ...(fails && { fails }) })).slice(
    from,
    to + 1,
  ))
    tally.add(extractScrapeFacts(snapshot, answers).counters);
  return tally.result();
}

describe('CounterTotals', () => {
  for (const [recording, from, to] of [
    ['ray-2.57', 1, 7],
    ['ray-2.57-speculation', 0, 4],
    ['ray-2.51', 0, 4],
  ] as const) {
    it(`is the last value minus the first while no engine restarts: ${recording}, steps ${from + 1} to ${to + 1}`, async () => {
      const sums = await tallied(recording, from, to);
      for (const [counter, name] of [
        ['prefix_cache_queries', 'prefixQueries'],
        ['prefix_cache_hits', 'prefixHits'],
        ['generation_tokens', 'generatedTokens'],
        ['prompt_tokens', 'promptTokens'],
      ] as const) {
        const wanted = total(recording, to, counter) - total(recording, from, counter);
        assert.ok(wanted > 0 || name === 'prefixHits');
        assert.ok(Math.abs((sums[name] ?? NaN) - wanted) < 1e-6, `${counter}: ${sums[name]}, wanted ${wanted}`);
      }
    });
  }

  it('counts a new engine from 0 and keeps what a dead one counted', async () => {
    const sums = await tallied('ray-2.57', 7, 11);
    assert.equal(
      sums.generatedTokens,
      total('ray-2.57', 11, 'generation_tokens') - total('ray-2.57', 7, 'generation_tokens'),
    );
  });

  it('bridges scrapes in which a target did not answer', async () => {
    const whole = await tallied('ray-2.57', 1, 7);
    assert.deepEqual(await tallied('ray-2.57', 1, 7, (step, node) => node === 1 && /^0[3-6]/.test(step)), whole);
  });

  it('takes the first answer of a target as its base', async () => {
    const late = await tallied('ray-2.57', 1, 7, (step) => /^0[2-5]/.test(step));
    assert.equal(
      late.generatedTokens,
      total('ray-2.57', 7, 'generation_tokens') - total('ray-2.57', 5, 'generation_tokens'),
    );
  });

  it('has no drafted tokens without speculation', async () => {
    const sums = await tallied('ray-2.51', 0, 4);
    assert.equal('drafted' in sums, false);
  });
});

describe('shareOrNull', () => {
  it('distinguishes a missing value from a measured 0', () => {
    assert.equal(shareOrNull(undefined, undefined), null);
    assert.equal(shareOrNull(3, undefined), null);
    assert.equal(shareOrNull(0, 0), null);
    assert.equal(shareOrNull(0, 8), 0);
    assert.equal(shareOrNull(undefined, 8), 0);
    assert.equal(shareOrNull(6, 8), 0.75);
  });
});

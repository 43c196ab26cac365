/** The metrics of a simulated process. */
import { strict as assert } from 'node:assert';
import { parseFamilies } from '../../demonstration/live/exposition';
import { sumOfMidpoints } from '../../demonstration/live/registry';
import { loadRecording } from '../../demonstration/replay/recording';

describe('The sum of a histogram', () => {
  it('is computed from the middles of the buckets, as in the recording', () => {
    const recorded = loadRecording('ray-2.57').steps[4]?.bodies[0]?.bytes.toString('utf8') ?? '';
    const histograms = parseFamilies(recorded).filter(
      ({ type, name }) => type === 'histogram' && name.includes('vllm'),
    );
    assert.ok(histograms.length > 0);
    for (const { name, samples } of histograms) {
      const workerId = samples[0]?.labels.find(([label]) => label === 'WorkerId')?.[1];
      const workerSamples = samples.filter(({ labels }) =>
        labels.some(([label, value]) => label === 'WorkerId' && value === workerId),
      );
      const cumulative = workerSamples
        .filter((sample) => sample.name.endsWith('_bucket'))
        .map(({ value }) => Number(value));
      const buckets = cumulative.map((value, index) => value - (cumulative[index - 1] ?? 0));
      const bounds = workerSamples
        .flatMap(({ labels }) => labels.filter(([label]) => label === 'le').map(([, le]) => Number(le)))
        .filter(Number.isFinite);
      const sum = Number(workerSamples.find((sample) => sample.name.endsWith('_sum'))?.value);
      assert.ok(Math.abs(sumOfMidpoints(buckets, bounds) - sum) <= 1e-9 * sum, name);
    }
  });
});

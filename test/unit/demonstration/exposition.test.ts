import { strict as assert } from 'node:assert';
import { formatHead, formatNumber, formatSample, parseFamilies, withLabels } from '../../demonstration/live/exposition';
import { sumOfMidpoints } from '../../demonstration/live/ledger';
import { loadTemplate } from '../../demonstration/live/template';
import { loadRecording } from '../../demonstration/replay/recording';

const recorded = loadRecording('ray-2.57').steps[4]?.bodies[0]?.bytes.toString('utf8') ?? '';

describe('exposition as Ray writes it', () => {
  it('writes numbers as Python does', () => {
    const numbers = {
      204: '204.0',
      0: '0.0',
      0.25: '0.25',
      1392799744: '1.392799744e+09',
      1000000: '1e+06',
      999999: '999999.0',
      0.00001: '1e-05',
      '-3': '-3.0',
    };
    for (const [value, text] of Object.entries(numbers)) assert.equal(formatNumber(Number(value)), text);
    assert.equal(formatNumber(Infinity), '+Inf');
  });

  it('reads and writes a recorded body without a change', () => {
    const again = parseFamilies(recorded).map((family) => {
      const lines = family.samples.map(({ name, labels, value }) =>
        formatSample(name, labels, formatNumber(Number(value))),
      );
      return formatHead(family) + lines.join('');
    });
    assert.equal(again.join(''), recorded);
  });

  it('keeps labels in the order of the alphabet', () => {
    assert.deepEqual(
      withLabels(
        [
          ['A', '1'],
          ['b', '2'],
        ],
        { a: '3', A: '4' },
      ),
      [
        ['A', '4'],
        ['a', '3'],
        ['b', '2'],
      ],
    );
  });

  it('rebuilds the recorded sums from the middles of the buckets', () => {
    for (const { name, samples } of parseFamilies(recorded).filter(
      (family) => family.type === 'histogram' && family.name.includes('vllm'),
    )) {
      const worker = samples[0]?.labels.find(([label]) => label === 'WorkerId')?.[1];
      const own = samples.filter(({ labels }) =>
        labels.some(([label, value]) => label === 'WorkerId' && value === worker),
      );
      const cumulative = own.filter((sample) => sample.name.endsWith('_bucket')).map(({ value }) => Number(value));
      const buckets = cumulative.map((value, index) => value - (cumulative[index - 1] ?? 0));
      const limits = own
        .flatMap(({ labels }) => labels.filter(([label]) => label === 'le').map(([, le]) => Number(le)))
        .filter(Number.isFinite);
      const sum = Number(own.find((sample) => sample.name.endsWith('_sum'))?.value);
      assert.ok(Math.abs(sumOfMidpoints(buckets, limits) - sum) <= 1e-9 * sum, name);
    }
  });

  it('takes families and bounds from the recordings', () => {
    const { bounds, values, histograms, internals } = loadTemplate();
    assert.equal(histograms.length, 19);
    assert.equal(bounds['time_to_first_token_seconds']?.length, 22);
    assert.equal(bounds['request_generation_tokens']?.at(-1), 5000);
    for (const key of [
      'num_preemptions',
      'training_phase',
      'mini_batch_size',
      'spec_decode_num_drafts',
      'cache_config_info',
    ]) {
      assert.ok(
        values.some((each) => each.key === key),
        key,
      );
    }
    for (const { before, after } of internals) assert.ok(before.length + after.length > 80);
  });
});

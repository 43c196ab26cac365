/** The text format as Ray writes it. */
import { strict as assert } from 'node:assert';
import { formatHead, formatNumber, formatSample, parseFamilies, withLabels } from '../../demonstration/live/exposition';
import { loadRecording } from '../../demonstration/replay/recording';

describe('The text format of Ray', () => {
  it('has numbers as Python writes them', () => {
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

  it('is the same after parsing and formatting a recorded body', () => {
    const recorded = loadRecording('ray-2.57').steps[4]?.bodies[0]?.bytes.toString('utf8') ?? '';
    const formatted = parseFamilies(recorded).map((family) => {
      const lines = family.samples.map(({ name, labels, value }) =>
        formatSample(name, labels, formatNumber(Number(value))),
      );
      return formatHead(family) + lines.join('');
    });
    assert.equal(formatted.join(''), recorded);
  });

  it('has labels in alphabetical order', () => {
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
});

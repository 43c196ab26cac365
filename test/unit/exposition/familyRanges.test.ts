/** Families in the text of an exposition. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { familyRanges, sampleNameOf } from '../../../src/exposition/familyRanges';
import { fixturePath } from '../../demonstration/paths';

const brief = (text: string): (string | number | undefined)[][] =>
  familyRanges(text).map(({ name, type, from, to, samples }) => [name, type, from, to, samples]);

describe('familyRanges', () => {
  it('joins comments and samples, also of histograms', () => {
    const text = [
      '# HELP a_seconds Time, in s.',
      '# TYPE a_seconds histogram',
      'a_seconds_bucket{le="1"} 1',
      'a_seconds_sum 2',
      'a_seconds_count 1',
      '',
      '# TYPE b gauge',
      '# UNIT b tokens',
      'b{x="}"} 3',
      '',
    ].join('\n');
    assert.deepEqual(brief(text), [
      ['a_seconds', 'histogram', 0, 4, 3],
      ['b', 'gauge', 6, 8, 1],
    ]);
    assert.deepEqual(
      familyRanges(text).map(({ help, unit }) => [help, unit]),
      [
        ['Time, in s.', undefined],
        [undefined, 'tokens'],
      ],
    );
  });

  it('knows families without comments, and names in quotes', () => {
    assert.deepEqual(brief('a_total 1\na_total{b="1"} 2\n{"c.d", e="1"} 3\r\n'), [
      ['a_total', undefined, 0, 1, 2],
      ['c.d', undefined, 2, 2, 1],
    ]);
    assert.equal(sampleNameOf('# a comment'), undefined);
    assert.equal(sampleNameOf('  '), undefined);
  });

  it('finds none in what is no exposition', () => assert.deepEqual(brief('<html>\n{}\n[1]\n'), []));

  it('leaves no sample of a recorded body without its family', () => {
    const body = gunzipSync(readFileSync(fixturePath('ray-2.57', '06-idle-node0.prom.gz'))).toString();
    const families = familyRanges(body);
    assert.equal(
      families.reduce((sum, { samples }) => sum + samples, 0),
      body.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
    );
    assert.ok(families.every(({ type, help }) => type !== undefined && help !== undefined));
  });
});

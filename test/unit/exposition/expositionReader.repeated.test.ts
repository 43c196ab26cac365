import { strict as assert } from 'node:assert';
import { randomOf } from '../support/random';
import { toComparable, feed, newReader, seriesValues, readBody, wholeByteLimits } from './readerHelpers';

/** Bodies that one reader reads one after the other; each must be read as by a new reader. */
const sequences: readonly (readonly [rule: string, ...bodies: string[]])[] = [
  ['other values', 'm{a="1"} 1\nn 2\n', 'm{a="1"} 3\nn 4\n'],
  ['values without a blank before them', 'm{a="1"}52\n', 'm{a="1"}57\n', 'm{a="1"}5\n', 'm{a="1"} 8\n', 'm{a="1"}-8\n'],
  ['a value that becomes NaN, Inf or an exponent', 'm 1\nn 1\n', 'm NaN\nn +Inf\n', 'm 1e3\nn -7\n'],
  ['a timestamp that comes and goes', 'm 1\nn 1\n', 'm 2 1700000000000\nn 2\n', 'm 3\nn 3\n'],
  [
    'an exemplar that comes and goes',
    'm_bucket{le="1"} 1\n',
    'm_bucket{le="1"} 2 # {t="x"} 0.5\n',
    'm_bucket{le="1"} 3\n',
  ],
  ['blanks that change', 'm 1\n', 'm   2  \n', 'm\t3\n'],
  ['a series that vanishes', 'a 1\nb 2\nc 3\n', 'a 4\nc 5\n', 'a 6\nc 7\n'],
  ['a series that comes back', 'a 1\nb 2\nc 3\n', 'a 4\nc 5\n', 'a 6\nb 7\nc 8\n'],
  ['a new series in the middle', 'a 1\nc 3\n', 'a 4\nb 5\nc 6\n', 'a 7\nb 8\nc 9\n'],
  ['a new series at the head', 'b 1\n', 'a 2\nb 3\n', 'a 4\nb 5\n'],
  ['another order', 'a 1\nb 2\nc 3\n', 'c 4\nb 5\na 6\n', 'c 7\nb 8\na 9\n'],
  ['a series twice in one body', 'a 1\na 2\nb 3\n', 'a 4\nb 5\n', 'a 6\na 7\nb 8\n'],
  ['a name that begins like another', 'ab 1\nabc 2\n', 'abc 3\nab 4\n', 'a 5\n'],
  ['a line that goes bad and heals', 'a 1\nb 2\n', 'a one\nb 3\n', 'a 4\nb 5\n'],
  ['an empty body between two others', 'a 1\nb 2\n', '', 'a 3\nb 4\n'],
  [
    'buckets of two engines that alternate',
    'm{a="1",le="1"} 1\nm{a="2",le="1"} 2\nm{a="1",le="2"} 3\nm{a="2",le="2"} 4\n',
    'm{a="1",le="1"} 5\nm{a="1",le="2"} 6\nm{a="2",le="1"} 7\nm{a="2",le="2"} 8\n',
  ],
  [
    'a bucket that comes in between',
    'm{le="1"} 1\nm{le="3"} 2\n',
    'm{le="1"} 3\nm{le="2"} 4\nm{le="3"} 5\n',
    'm{le="2"} 6\nm{le="3"} 7\nm{le="4"} 8\n',
  ],
  [
    'buckets in another order',
    'm{le="1"} 1\nm{le="2"} 2\nm{le="3"} 3\n',
    'm{le="3"} 4\nm{le="1"} 5\nm{le="2"} 6\n',
    'm{le="2"} 7\nm{le="3"} 8\nm{le="1"} 9\n',
  ],
  ['a bound that occurs twice', 'm{le="1"} 1\nm{le="1"} 2\nm{le="2"} 3\n', 'm{le="1"} 4\nm{le="2"} 5\nm{le="2"} 6\n'],
  [
    'engines with different bounds',
    'm{a="1",le="1"} 1\nm{a="1",le="2"} 2\nm{a="2",le="1"} 3\nm{a="2",le="3"} 4\n' +
      'm{a="3",le="1"} 5\nm{a="3",le="2"} 6\n',
    'm{a="3",le="2"} 7\nm{a="2",le="2"} 8\nm{a="1",le="3"} 9\n',
  ],
  ['a line that becomes the last one, without an end', 'ab{} 0\n# HELP m a\nc 1\n', 'ab{} 0\n# HELP m a', 'ab{} 0'],
  ['a body of the last line only', 'a 1\nb 2\nc 3\n', 'c 4', 'a 5\nb 6\nc 7'],
];

describe('ExpositionReader: scrape after scrape', () => {
  for (const [rule, ...bodies] of sequences) {
    it(`reads ${rule} as a new reader does`, () => {
      for (const wholeBytes of wholeByteLimits) {
        const reader = newReader(wholeBytes);
        for (const body of bodies)
          assert.deepEqual(toComparable(feed(reader, body)), toComparable(readBody(body)), JSON.stringify(body));
      }
    });
  }

  it('keeps one object per series', () => {
    const reader = newReader();
    const [first] = feed(reader, 'a 1\nb{c="1"} 2\n').series.slice(1);
    const [second] = feed(reader, 'new 1\nb{c="1"} 3\n').series.slice(1);
    assert.equal(second, first);
  });

  it('reports line number and offset of a bad line among known series', () => {
    const reader = newReader();
    feed(reader, 'a 1\nb{c="1"} 2\nd 3\n');
    assert.deepEqual(feed(reader, 'a 1\nb{c="1"} two\nd 3\n').badLines, [
      { line: 1, offset: 9, reason: 'the value is no number' },
    ]);
  });

  it('does not change an exposition when it reads the next', () => {
    const reader = newReader();
    const first = feed(reader, 'a 1\nb 2\n');
    feed(reader, 'b 9\n');
    assert.deepEqual(seriesValues(first), [
      ['["a"]', 1],
      ['["b"]', 2],
    ]);
  });

  it('returns the same array of series for the same lines, so that what was derived from it can be kept', () => {
    const reader = newReader();
    const first = feed(reader, 'a 1\nb 2\n').series;
    assert.equal(feed(reader, 'a 3\nb 4\n').series, first);
    assert.notEqual(feed(reader, 'b 3\na 4\n').series, first);
  });

  it('keeps the bytes of the last exposition', () => {
    const odd =
      '{a="1"} 1\nm{} 2\nm 3\nm{le="1"} 1\nm{le="1",} 1\nm{le="1",a="2"} 4\nm{a="2",le="1"} 4\nm{a="2",le="2",b=""} 1e3\n';
    for (const wholeBytes of wholeByteLimits) {
      const reader = newReader(wholeBytes);
      for (const body of ['a 1\nb 2\n', 'a 10\nc 3', odd, odd, odd.replaceAll(' 4', ' 1234567.125'), odd]) {
        feed(reader, body);
        assert.equal(Buffer.from(reader.lastBody).toString(), body);
      }
    }
  });

  /** The series vanish, come back, move and change their form. */
  it('reads 300 scrapes of 40 changing series as new readers do (property)', () => {
    const random = randomOf(7);
    const pick = <T>(options: readonly T[]): T => options[Math.floor(random() * options.length)] as T;
    const names = Array.from(
      { length: 40 },
      (_, index) =>
        `m${index % 7}${random() < 0.8 ? `{a="${index}",b="${pick(['}', '\\"', ',', ' '])}"}` : `_${index}`}`,
    );
    const line = (name: string): string => {
      const blank = name.endsWith('}') ? pick([' ', ' ', ' ', '', '\t', '  ']) : pick([' ', ' ', '\t']);
      const value = pick(['1', '12.5', 'NaN', '-3e2', '123456789012345678', 'x']);
      return `${name}${blank}${value}${pick(['', '', '', ' 17', ' # {} 1', ' '])}`;
    };
    const readers = wholeByteLimits.map(newReader);
    let order = [...names];
    for (let round = 0; round < 300; round += 1) {
      if (random() < 0.1) order = order.sort(() => random() - 0.5);
      const gone = random() * 0.5;
      const lines = order.filter(() => random() > gone).map(line);
      const body = lines.join('\n') + (random() < 0.9 ? '\n' : '');
      for (const reader of readers) {
        assert.deepEqual(toComparable(feed(reader, body)), toComparable(readBody(body)), `round ${round}:\n${body}`);
        assert.equal(Buffer.from(reader.lastBody).toString(), body);
      }
    }
  });
});

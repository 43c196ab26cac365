import { strict as assert } from 'node:assert';
import { randomOf } from '../support/random';
import { toComparable, feed, newReader, seriesValues, readBody } from './readerHelpers';

/** Bodies read one after the other by one reader; each must read as by a fresh one. */
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
  ['more blanks than before', 'm 1\n', 'm   2  \n', 'm\t3\n'],
  ['a series that vanishes', 'a 1\nb 2\nc 3\n', 'a 4\nc 5\n', 'a 6\nc 7\n'],
  ['a series that comes back', 'a 1\nb 2\nc 3\n', 'a 4\nc 5\n', 'a 6\nb 7\nc 8\n'],
  ['a new series in the middle', 'a 1\nc 3\n', 'a 4\nb 5\nc 6\n', 'a 7\nb 8\nc 9\n'],
  ['a new series at the head', 'b 1\n', 'a 2\nb 3\n', 'a 4\nb 5\n'],
  ['another order', 'a 1\nb 2\nc 3\n', 'c 4\nb 5\na 6\n', 'c 7\nb 8\na 9\n'],
  ['a series twice in one body', 'a 1\na 2\nb 3\n', 'a 4\nb 5\n', 'a 6\na 7\nb 8\n'],
  ['a name that begins like another', 'ab 1\nabc 2\n', 'abc 3\nab 4\n', 'a 5\n'],
  ['a line that goes bad and heals', 'a 1\nb 2\n', 'a one\nb 3\n', 'a 4\nb 5\n'],
  ['nothing, then everything', 'a 1\nb 2\n', '', 'a 3\nb 4\n'],
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
  ['a bound that stands twice', 'm{le="1"} 1\nm{le="1"} 2\nm{le="2"} 3\n', 'm{le="1"} 4\nm{le="2"} 5\nm{le="2"} 6\n'],
  [
    'engines of other bounds',
    'm{a="1",le="1"} 1\nm{a="1",le="2"} 2\nm{a="2",le="1"} 3\nm{a="2",le="3"} 4\nm{a="3",le="1"} 5\nm{a="3",le="2"} 6\n',
    'm{a="3",le="2"} 7\nm{a="2",le="2"} 8\nm{a="1",le="3"} 9\n',
  ],
  ['only the last line', 'a 1\nb 2\nc 3\n', 'c 4', 'a 5\nb 6\nc 7'],
];

describe('series met again', () => {
  for (const [rule, ...bodies] of sequences) {
    it(`${rule}: the same as a fresh reader`, () => {
      const reader = newReader();
      for (const body of bodies)
        assert.deepEqual(toComparable(feed(reader, body)), toComparable(readBody(body)), JSON.stringify(body));
    });
  }

  it('a series stays the same object', () => {
    const reader = newReader();
    const [first] = feed(reader, 'a 1\nb{c="1"} 2\n').series.slice(1);
    const [second] = feed(reader, 'new 1\nb{c="1"} 3\n').series.slice(1);
    assert.equal(second, first);
  });

  it('a bad line among known series has its own line number and offset', () => {
    const reader = newReader();
    feed(reader, 'a 1\nb{c="1"} 2\nd 3\n');
    assert.deepEqual(feed(reader, 'a 1\nb{c="1"} two\nd 3\n').badLines, [
      { line: 1, offset: 9, reason: 'the value is no number' },
    ]);
  });

  it('an answer is not changed by the next one', () => {
    const reader = newReader();
    const first = feed(reader, 'a 1\nb 2\n');
    feed(reader, 'b 9\n');
    assert.deepEqual(seriesValues(first), [
      ['["a"]', 1],
      ['["b"]', 2],
    ]);
  });

  it('property: 300 scrapes of 40 series that vanish, come back, move and change their form read as by fresh readers', () => {
    const random = randomOf(7);
    const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const names = Array.from(
      { length: 40 },
      (_, index) =>
        `m${index % 7}${random() < 0.8 ? `{a="${index}",b="${one(['}', '\\"', ',', ' '])}"}` : `_${index}`}`,
    );
    const line = (name: string): string => {
      const blank = name.endsWith('}') ? one([' ', ' ', ' ', '', '\t', '  ']) : one([' ', ' ', '\t']);
      return `${name}${blank}${one(['1', '12.5', 'NaN', '-3e2', '123456789012345678', 'x'])}${one(['', '', '', ' 17', ' # {} 1', ' '])}`;
    };
    const reader = newReader();
    let order = [...names];
    for (let round = 0; round < 300; round += 1) {
      if (random() < 0.1) order = order.sort(() => random() - 0.5);
      const gone = random() * 0.5;
      const lines = order.filter(() => random() > gone).map(line);
      const body = lines.join('\n') + (random() < 0.9 ? '\n' : '');
      assert.deepEqual(toComparable(feed(reader, body)), toComparable(readBody(body)), `round ${round}:\n${body}`);
    }
  });
});

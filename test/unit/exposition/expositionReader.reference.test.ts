import { strict as assert } from 'node:assert';
import { randomOf } from '../support/random';
import { toComparable, feed, newReader, readByReference } from './readerHelpers';

/** Label blocks in which `le` is a label, is none, or only the grammar can tell. */
const blocks: readonly string[] = [
  'le="1"',
  'le="1",',
  'a="1",le="2"',
  'a="1",le="2",',
  'a="1",le="+Inf",b="3"',
  'le="0.5",a="1"',
  'a="1",le=""',
  'a="1",le="1e-3",b=""',
  'a="",le="2",b="3"',
  'a="x,le=",b="1"',
  'a="x,le=\\"5\\"",b="1"',
  'a=",le="5""',
  'a= ",le="5""',
  'a="x",le="5""',
  'a="x"",le="5"',
  'a="\\",le="5""',
  'a="x\\\\",le="5"',
  'a="b=",le="5"',
  'a="1",le="2",le="3"',
  'le="2",le="3"',
  'a="1",le="2"b="3"',
  'a="1"le="2"',
  'a="1",,le="2"',
  'a="1", le="2"',
  'a="1",le ="2"',
  'a="1",le= "2"',
  'a="1",le="2" ,b="3"',
  'a="1",le="x y"',
  'a="1",le="1,5"',
  'a="1",le="\\"',
  'a="1",le="2',
  'role="x",le="5"',
  'role="le=",le="5"',
  'file="le="',
  '"le"="5",a="1"',
  '"a,le="="1"',
  'a="größe",le="5"',
  'a="\0\0\0\0\0\0\0\0",le="5"',
  'a="\0\0\0\0\0\0\0\x80",le="5"',
  'a="\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f",le="5"',
  'a="1"}',
  '{a="1"',
  'a="}",le="5"',
  'a="1",le="5",b="} 7"',
  'a="1",',
  'a="1",le="2,',
  'a="1",le="2 ',
  '',
];

const values = ['1', '12.5', ' 3', '4 17', '5 # {a="}"} 1', 'x', '', 'NaN', '0.12345678901234567'];

describe('ExpositionReader and the reference parser', () => {
  for (const block of blocks) {
    it(`agree on ${JSON.stringify(block)}, new, known, and with another value`, () => {
      for (const value of values) {
        const reader = newReader();
        const body = (number: string): string => `m{${block}} ${number}\nm{a="1"} 1\nm_bucket{${block}} ${number}\n`;
        for (const text of [body('1'), body(value), body('2'), body(value)])
          assert.deepEqual(toComparable(feed(reader, text)), toComparable(readByReference(text)), text);
      }
    });
  }

  it('agree on each block after each other one, closed and not', () => {
    for (const above of blocks) {
      for (const below of blocks) {
        const body = `m{${above}} 1\nm_bucket{${below}} 2\nm{${above}} 3\nm{${below}] 4\nm_bucket{${below}]} 5\n`;
        const reader = newReader();
        for (const text of [body, body])
          assert.deepEqual(toComparable(feed(reader, text)), toComparable(readByReference(text)), text);
      }
    }
  });

  /** Lines come, go, move, change labels or bounds and are truncated, and chunks have any size. */
  it('agree on 600 changing expositions (property)', () => {
    const random = randomOf(11);
    const pick = <T>(options: readonly T[]): T => options[Math.floor(random() * options.length)] as T;
    const names = ['m', 'm_bucket', 'vllm:x', 'unlike', '# HELP m', '#', '', '{"a b"}', '1bad'];
    const line = (): string => {
      const name = pick(names);
      const braces = random() < 0.8 && !name.startsWith('{') ? `{${pick(blocks)}}` : '';
      return `${pick(['', '', '', ' '])}${name}${braces}${pick([' ', ' ', ' ', '', '\t'])}${pick(values)}`;
    };
    const reader = newReader();
    let lines = Array.from({ length: 60 }, line);
    for (let round = 0; round < 600; round += 1) {
      lines = lines
        .filter(() => random() > 0.02)
        .map((text) => (random() < 0.5 ? text.replace(/\d+$/, String(Math.floor(random() * 2_000))) : text));
      while (lines.length < 60) {
        // Some are one more bucket of the line before, or look like one.
        const at = Math.floor(random() * lines.length);
        lines.splice(
          at + 1,
          0,
          random() < 0.4
            ? (lines[at] as string)
                .replace(/le="[^"]*/, `le="${pick(['1', '+Inf', '', '2"', 'x y', '1,5', '7', '1}'])}`)
                .replace(/\d+$/, () => pick(values))
            : line(),
        );
      }
      if (random() < 0.02) lines.sort(() => random() - 0.5);
      const fullText = `${lines.join('\n')}${pick(['\n', '\n', ''])}`;
      const body = Buffer.from(random() < 0.05 ? fullText.slice(0, Math.floor(random() * fullText.length)) : fullText);
      const size = 1 + Math.floor(random() * body.length);
      const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
        body.subarray(index * size, (index + 1) * size),
      );
      assert.deepEqual(
        toComparable(feed(reader, ...chunks)),
        toComparable(readByReference(body)),
        `round ${round}: ${body}`,
      );
    }
  });
});

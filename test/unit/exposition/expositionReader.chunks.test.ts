import { strict as assert } from 'node:assert';
import { toComparable, feed, newReader, readBody } from './readerHelpers';

const body = Buffer.from('# TYPE m gauge\nm{a="größe\\n"} 12.5\nn 3 1700\n\nbad\nm{a="2"}7\n# EOF\nlast{x="1"} 99');

/** Longer than a MiB: the reader does not hold such a line, because a body without line feeds would fill the memory. */
const tooLong = 2 ** 20 + 1;

describe('ExpositionReader: bodies in chunks', () => {
  it('reads the same from any two chunks', () => {
    const expected = toComparable(readBody(body));
    for (let at = 0; at <= body.length; at += 1)
      assert.deepEqual(
        toComparable(feed(newReader(), body.subarray(0, at), body.subarray(at))),
        expected,
        `split at ${at}`,
      );
  });

  it('reads the same from any three chunks, also of known series', () => {
    const expected = toComparable(readBody(body));
    const reader = newReader();
    for (let first = 0; first <= body.length; first += 1) {
      for (let second = first; second <= body.length; second += 1) {
        assert.deepEqual(
          toComparable(feed(reader, body.subarray(0, first), body.subarray(first, second), body.subarray(second))),
          expected,
          `${first}, ${second}`,
        );
      }
    }
  });

  it('reads the same byte by byte', () => {
    assert.deepEqual(
      toComparable(feed(newReader(), ...[...body].map((byte) => Uint8Array.of(byte)))),
      toComparable(readBody(body)),
    );
  });

  it('reads lines that end with CR LF as those that end with LF, from any two chunks, new and known', () => {
    const windows = Buffer.from(body.toString().replaceAll('\n', '\r\n'));
    const { bytes: _, ...expected } = readBody(body.toString().replace('# EOF\n', '#\n'));
    const known = newReader();
    for (let at = 0; at <= windows.length; at += 1)
      for (const reader of [newReader(), known]) {
        const { bytes, ...read } = feed(reader, windows.subarray(0, at), windows.subarray(at));
        assert.equal(bytes, windows.length);
        assert.deepEqual(
          toComparable({ ...read, bytes: 0 }),
          toComparable({ ...expected, bytes: 0 }),
          `split at ${at}`,
        );
      }
  });

  it('takes a carriage return anywhere else for a part of the line', () => {
    for (const text of ['m 1\r', 'm\r1\n', 'm 1\r\r\n', 'm\r 1\n'])
      assert.deepEqual([readBody(text).badCount, readBody(text).samples], [1, 0], JSON.stringify(text));
    const { series } = readBody('m{a="x\ry"} 1\r\n');
    assert.equal(series[0]?.group.labels.get('a'), 'x\ry');
  });

  it('copies a chunk, so that its owner may reuse it', () => {
    const reader = newReader();
    reader.begin();
    const shared = Buffer.alloc(8);
    for (let at = 0; at < body.length; at += shared.length) {
      const taken = body.copy(shared, 0, at);
      reader.feed(shared.subarray(0, taken));
      shared.fill('9');
    }
    assert.deepEqual(toComparable(reader.end()), toComparable(readBody(body)));
  });

  it('drops an exposition that was not ended', () => {
    const reader = newReader();
    reader.begin();
    reader.feed(Buffer.from('m 1\nhalf{a="'));
    assert.deepEqual(toComparable(feed(reader, body)), toComparable(readBody(body)));
  });

  for (const [how, ending] of [
    ['in the middle', '\nafter 2\n'],
    ['at the end', ''],
  ] as const) {
    it(`counts an overlong line ${how} of the body as one bad line, in whatever chunks it arrives`, () => {
      // The chunks after the first look like samples, but belong to the overlong line.
      const line = `m{a="${'x'.repeat(tooLong)}\n`.trimEnd();
      const chunks = ['before 1\n', line, ' fake 5', ' and 6', ending];
      const cut = feed(newReader(), ...chunks);
      assert.deepEqual(toComparable(cut), toComparable(readBody(chunks.join(''))));
      assert.deepEqual(
        cut.series.map(({ group }) => group.name),
        ending === '' ? ['before'] : ['before', 'after'],
      );
      assert.deepEqual([cut.badCount, cut.badLines[0]?.line, cut.badLines[0]?.reason], [1, 1, 'a line without an end']);
      assert.equal(cut.endsInLine, ending === '');
    });
  }
});

/** Lines of long files: read from chunks, and joined to pieces. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinLines, pieceLength } from '../../../src/shared/joinLines';
import { LineTooLongError, readLines } from '../../../src/shared/readLines';

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('readLines', () => {
  it('gives the lines of any chunks, also of those that end within a character', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'ä', '😀', ',', ' ') })),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 9 }),
        async (lines, lineEnd, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}${lineEnd}`).join(''));
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          );
          assert.deepEqual(await collect(readLines(chunks, 1000)), lines);
        },
      ),
    ));

  it('gives the last line without a line end, and nothing of an empty file', async () => {
    assert.deepEqual(await collect(readLines([Buffer.from('a\n\nb')], 10)), ['a', '', 'b']);
    assert.deepEqual(await collect(readLines([], 10)), []);
  });

  it('reads a line of the greatest length, and not one that is a byte longer', async () => {
    const chunks = (length: number): Buffer[] => [Buffer.alloc(4, 'x'), Buffer.alloc(length - 4, 'x')];
    assert.deepEqual(await collect(readLines(chunks(10), 10)), ['x'.repeat(10)]);
    await assert.rejects(collect(readLines(chunks(11), 10)), LineTooLongError);
  });
});

describe('joinLines', () => {
  const nothing = (): void => undefined;

  it('gives pieces of about 256 Ki characters that are the lines together', async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `${index} ${'x'.repeat(20)}\n`);
    const pieces = await collect(joinLines(lines, nothing));
    assert.equal(pieces.join(''), lines.join(''));
    assert.equal(pieces.length, Math.ceil(lines.join('').length / (pieceLength + 27)));
    for (const piece of pieces) assert.ok(piece.length < pieceLength + 27);
    assert.deepEqual(await collect(joinLines([], nothing)), []);
  });

  it('takes lines only as they are needed, and rejects with what cancels it', async () => {
    let taken = 0;
    function* endless(): Generator<string> {
      for (;;) {
        taken++;
        yield 'x'.repeat(1000);
      }
    }
    const pieces = joinLines(endless(), () => {
      if (taken > 3000) throw new Error('cancelled');
    });
    await pieces.next();
    assert.equal(taken, Math.ceil(pieceLength / 1000));
    await assert.rejects(collect(pieces), /cancelled/);
  });
});

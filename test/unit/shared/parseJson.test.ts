/** JSON that is parsed in pieces: the values of JSON.parse, its refusals, and the limits. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  JsonLimitError,
  jsonWork,
  maxJsonDepth,
  maxJsonMembers,
  maxJsonPieceBytes,
  parseJson,
} from '../../../src/shared/parseJson';
import { runToEnd } from '../../../src/shared/timeSlice';

const parsePieces = (text: string, pieceBytes: number): unknown => runToEnd(jsonWork(Buffer.from(text), pieceBytes));

/** The value, or undefined if the text is refused; every other error fails the test. */
function valueOrRefusal(parse: () => unknown): { value: unknown } | undefined {
  try {
    return { value: parse() };
  } catch (error) {
    assert.ok(error instanceof SyntaxError, String(error));
    return undefined;
  }
}

function assertSame(text: string, pieceBytes: number): void {
  const expected = valueOrRefusal(() => JSON.parse(Buffer.from(text).toString()));
  const actual = valueOrRefusal(() => parsePieces(text, pieceBytes));
  assert.deepEqual(actual, expected, text);
  if (expected && actual) assert.equal(JSON.stringify(actual.value), JSON.stringify(expected.value), text);
}

const pieceBytes = fc.constantFrom(1, 2, 5, 20);
const keys = fc.oneof(fc.constantFrom('__proto__', '1', 'a', 'constructor', ''), fc.string());
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;
const written = fc
  .tuple(values, fc.constantFrom(undefined, 1, '\r\n\t'))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent));

describe('parseJson', () => {
  it('reads what JSON.parse reads, in pieces of any length', () =>
    fc.assert(fc.property(written, pieceBytes, assertSame), { numRuns: 500 }));

  it('refuses what JSON.parse refuses', () => {
    const place = fc.double({ min: 0, max: 0.999, noNaN: true });
    const insertion = fc.constantFrom(
      '',
      ',',
      '[',
      ']',
      '{',
      '}',
      ':',
      '"',
      '\\',
      '1',
      '[1,2]',
      '{"a":1}',
      ' ',
      'null',
    );
    fc.assert(
      fc.property(written, pieceBytes, place, insertion, fc.nat({ max: 2 }), (text, size, where, inserted, removed) => {
        const at = Math.floor(where * text.length);
        assertSame(text.slice(0, at) + inserted + text.slice(at + removed), size);
      }),
      { numRuns: 2000 },
    );
  });

  for (const text of [
    ...['', ' ', '[', ']', '[1,2,]', '[,1,2]', '[1,,2]', '[[1,2] [3,4]]', '[[1,2],]', '[1,2] [3,4]', '[1,2],[3,4]'],
    ...['{"a":1{"b":2,"c":3}}', '{"a":[1,2]"b":3}', '{"a":[1,2],"a":[3,4]}', '{[1,2]}', '["a" [1,2]]', '[1,2}', '1,2'],
    ...['{"a":"x,y","b":"[","c":"\\"]"}', '[1,2]x', 'x[1,2]', '\ufeff[1,2]', '["\\\\",2]'],
  ])
    it(`agrees with JSON.parse on ${JSON.stringify(text)}`, () => assertSame(text, 1));

  it('makes a key of __proto__', () => {
    const value = parsePieces('{"__proto__": {"a": [1, 2]}, "b": 1, "c": 2}', 1) as object;
    assert.deepEqual(Object.keys(value), ['__proto__', 'b', 'c']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it(`reads ${maxJsonDepth} levels, and not one more, also in texts and behind closed ones`, () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}"${'['.repeat(900)}"${']'.repeat(depth)}`;
    assert.ok(Array.isArray(parsePieces(nested(maxJsonDepth), 64)));
    assert.ok(Array.isArray(parsePieces(`[${'[1],'.repeat(1000)}2]`, 64)));
    assert.throws(() => parsePieces(nested(maxJsonDepth + 1), 64), JsonLimitError);
    assert.throws(() => parsePieces('['.repeat(1_000_000), 64), { message: 'nested more than 128 levels deep' });
  });

  it('reads a text of the greatest length, and not one that is a byte longer', () => {
    const text = (length: number): Buffer => Buffer.from(`"${'x'.repeat(length - 2)}"`);
    assert.equal(runToEnd(jsonWork(text(maxJsonPieceBytes))), 'x'.repeat(maxJsonPieceBytes - 2));
    assert.throws(() => runToEnd(jsonWork(text(maxJsonPieceBytes + 1))), JsonLimitError);
    assert.throws(() => runToEnd(jsonWork(Buffer.from(`[1,${' '.repeat(maxJsonPieceBytes)}2]`))), JsonLimitError);
  });

  it('reads as many members as it may, and not one more', () => {
    const list = (count: number): Buffer => Buffer.from(`[${'1,'.repeat(count - 1)}1]`);
    assert.equal((runToEnd(jsonWork(list(maxJsonMembers))) as unknown[]).length, maxJsonMembers);
    assert.throws(() => runToEnd(jsonWork(list(maxJsonMembers + 1))), { message: 'a list of over 250,000 items' });
    const object = (count: number): Buffer =>
      Buffer.from(`{${'"a":1,'.repeat(count - 1)}"b":[${'1,'.repeat(40_000)}1]}`);
    assert.equal(Object.keys(runToEnd(jsonWork(object(maxJsonMembers))) as object).length, 2);
  });

  it('pauses after each 64 KiB, whatever they hold', () => {
    const mebibyte = 2 ** 20;
    for (const text of [
      `[${'1.0000000,'.repeat(mebibyte / 10)}1]`,
      `["${'\\\\'.repeat(mebibyte / 2)}"]`,
      `{${Array.from({ length: 80_000 }, (_, index) => `"k${index}":[]`).join()}}`,
      `[[${'"a,b",'.repeat(mebibyte / 6)}1]]`,
    ]) {
      let pauses = 0;
      for (const work = jsonWork(Buffer.from(text)); !work.next().done;) pauses++;
      assert.ok(pauses >= 14 && pauses <= 40, `${pauses} pauses in ${text.length} bytes`);
    }
  });

  it('gives a promise of the value', async () => {
    assert.deepEqual(await parseJson(Buffer.from('{"a": "ä"}')), { a: 'ä' });
    await assert.rejects(parseJson(Buffer.from('{')), SyntaxError);
  });
});

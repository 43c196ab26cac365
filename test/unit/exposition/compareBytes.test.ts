import { strict as assert } from 'node:assert';
import { equalBytes, toByteText, type ByteText } from '../../../src/exposition/compareBytes';
import { randomOf } from '../support/random';

const viewOf = (text: string): DataView => new DataView(Uint8Array.from(Buffer.from(text, 'latin1')).buffer);

describe('equalBytes', () => {
  it('compares texts of any length at any offset, equal or different in one byte (property)', () => {
    const random = randomOf(3);
    const below = (limit: number): number => Math.floor(random() * limit);
    for (let round = 0; round < 5_000; round += 1) {
      const text = Array.from({ length: below(40) }, () => String.fromCharCode(1 + below(127))).join('');
      const from = below(text.length + 1);
      const to = from + below(text.length - from + 1);
      const front = 'x'.repeat(below(9));
      const changed = from + below(to - from || 1);
      const other =
        random() < 0.5 || from === to
          ? text
          : `${text.slice(0, changed)}${String.fromCharCode(below(256))}${text.slice(changed + 1)}`;
      const known = (toByteText(text) as ByteText).bytes;
      assert.equal(
        equalBytes(viewOf(front + other.slice(from)), front.length, known, from, to),
        other.slice(from, to) === text.slice(from, to),
        JSON.stringify([text, other, from, to]),
      );
    }
  });

  it('has no byte text for a text with a zero byte, because 0 and -0 are equal numbers', () => {
    assert.equal(toByteText('a\0b'), undefined);
  });
});

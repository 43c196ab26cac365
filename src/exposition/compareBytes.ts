/** Comparing short stretches of bytes: a call of native code takes longer than eight at a time, each eight as one number. */

/** Of a text that is compared again and again. */
export interface ByteText {
  readonly text: string;
  readonly bytes: DataView;
}

const word = 8;

/** A text with a character for each byte (Latin-1). Zero bytes make numbers that are equal though their bits are not: undefined for such a text. */
export function toByteText(text: string): ByteText | undefined {
  if (text.includes('\0')) return undefined;
  const { buffer, byteOffset, byteLength } = Buffer.from(text, 'latin1');
  return { text, bytes: new DataView(buffer, byteOffset, byteLength) };
}

/** Whether `bytes` has at `at`, where it is long enough, what `known` has from `from` to `to`. Text that is not UTF-8 may seem another. */
export function equalBytes(bytes: DataView, at: number, known: DataView, from: number, to: number): boolean {
  const shift = at - from;
  let index = from;
  // Four in a turn: it takes a fifth less than one.
  for (; index + 4 * word <= to; index += 4 * word) {
    const there = index + shift;
    if (
      bytes.getFloat64(there, true) !== known.getFloat64(index, true) ||
      bytes.getFloat64(there + word, true) !== known.getFloat64(index + word, true) ||
      bytes.getFloat64(there + 2 * word, true) !== known.getFloat64(index + 2 * word, true) ||
      bytes.getFloat64(there + 3 * word, true) !== known.getFloat64(index + 3 * word, true)
    )
      return false;
  }
  for (; index + word <= to; index += word)
    if (bytes.getFloat64(index + shift, true) !== known.getFloat64(index, true)) return false;
  if (index === to) return true;
  // What is left, together with some that is compared already.
  if (to - from >= word) return bytes.getFloat64(to - word + shift, true) === known.getFloat64(to - word, true);
  for (; index < to; index += 1) if (bytes.getUint8(index + shift) !== known.getUint8(index)) return false;
  return true;
}

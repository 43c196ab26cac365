/** Short texts that come again and again, such as labels and the bounds of buckets: making one of bytes costs ten times as much as finding it, and each is held once. */

const longest = 64;
const slots: string[] = new Array<string>(2048).fill('');

/** The text `bytes[start, end)`, a character for each byte (Latin-1). */
export function internString(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > longest) return bytes.toString('latin1', start, end);
  let hash = length;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
  const slot = (hash ^ (hash >>> 15)) & (slots.length - 1);
  const known = slots[slot] as string;
  if (known.length === length && isAt(bytes, start, known)) return known;
  const text = bytes.toString('latin1', start, end);
  slots[slot] = text;
  return text;
}

function isAt(bytes: Buffer, start: number, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

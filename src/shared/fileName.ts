/** Names of files that are made of text from outside, and are the same on every system. */

/** Most bytes of a name on the file systems of Linux; those of other systems take as many characters. */
const maxNameBytes = 255;
/** Room for what people and programs add to a name, such as `.gz` or ` (2)`. */
const spareBytes = 15;

/** Anything else means something to a shell, a file system or a person's eye: separators, controls, bidi marks, halves. */
const unsafe = /[^\p{L}\p{M}\p{N}._-]+/gu;
/** A hidden file, an option of a program, or what Windows cuts off. */
const unsafeEnds = /^[.-]+|[.-]+$/g;
/**
 * Names that are devices on Windows, with any ending.
 * Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
const deviceName = /^(?:con|prn|aux|nul|conin|conout|(?:com|lpt)[\d¹²³])(?:\.|$)/i;

/** The text up to the last whole character within so many bytes. */
function cutToBytes(text: string, bytes: number): string {
  let cut = '';
  let used = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) return cut;
    cut += character;
  }
  return cut;
}

/**
 * A text as the name of a file, in whatever letters it has. `suffix`, with its dot, is added as it is; `fallback` is the
 * name if nothing of the text can be one.
 */
export function toFileName(text: string, { suffix, fallback }: { suffix: string; fallback: string }): string {
  const room = maxNameBytes - spareBytes - Buffer.byteLength(suffix);
  const safe = text.normalize('NFC').replace(unsafe, '-').replace(unsafeEnds, '');
  const stem = cutToBytes(safe, room).replace(unsafeEnds, '') || fallback;
  return `${deviceName.test(stem) ? `_${cutToBytes(stem, room - 1)}` : stem}${suffix}`;
}

/** Whether an id can begin file names as it is. Some systems take ids that differ in capitals only for the same. */
export const isPortableId = (id: string): boolean => /^\w[\w-]{0,63}$/.test(id) && !deviceName.test(id);

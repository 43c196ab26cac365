/** Where a label block's `le` is, told without the grammar. */

/** A block's text before and behind its `le` (with the comma that goes with it), and that label's value. Without one: all of it is `head`. */
export interface SplitBlock {
  head: string;
  tail: string;
  le: string | undefined;
}

const start = 'le="';
const word = /\w/;
const plainBound = /^[-+.\w]*$/;

/**
 * Cuts a block; undefined where only the grammar can tell what is a label and what a value. `le` is cut where it stands first, or behind a quote
 * that closes a value for certain (an opening one stands behind no word), where it is the only one, and its value holds neither quote nor comma.
 */
export function splitLe(block: string): SplitBlock | undefined {
  let found = -1;
  for (let at = block.indexOf(start); at !== -1; at = block.indexOf(start, at + 1)) {
    // `role="…"` is a label of its own.
    if (at > 0 && word.test(block.charAt(at - 1))) continue;
    if (found !== -1) return undefined;
    found = at;
  }
  if (found === -1) return { head: block, tail: '', le: undefined };
  const leAt = found + start.length;
  const end = block.indexOf('"', leAt);
  const le = block.slice(leAt, end);
  const next = block.charAt(end + 1);
  if (end === -1 || !plainBound.test(le) || (next !== ',' && next !== '')) return undefined;
  if (found === 0) return { head: '', tail: block.slice(end + 2), le };
  if (block.charAt(found - 1) !== ',' || block.charAt(found - 2) !== '"' || !word.test(block.charAt(found - 3)))
    return undefined;
  return { head: block.slice(0, found - 1), tail: block.slice(end + 1), le };
}

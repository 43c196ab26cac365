/** Finds the label `le` in a label block without parsing it. */

/** A label block cut at its label `le`. Without `le`, `head` is the whole block. */
interface SplitBlock {
  /** The text before `le`. */
  head: string;
  /** The text after `le`. */
  tail: string;
  /** The label's value. */
  le: string | undefined;
}

const leStart = 'le="';
const wordCharacter = /\w/;
const simpleBound = /^[-+.\w]*$/;

/**
 * Cuts a label block (the text between the braces) at its label `le`, so that blocks of one histogram have the same
 * head and tail. Undefined if only the grammar can tell labels from values: then `le="` occurs twice, its value is
 * quoted in an unusual way, or it could itself be part of a label value.
 */
export function splitLe(block: string): SplitBlock | undefined {
  let position = -1;
  for (let next = block.indexOf(leStart); next !== -1; next = block.indexOf(leStart, next + 1)) {
    // `role="…"` is another label.
    if (next > 0 && wordCharacter.test(block.charAt(next - 1))) continue;
    if (position !== -1) return undefined;
    position = next;
  }
  if (position === -1) return { head: block, tail: '', le: undefined };
  const valueStart = position + leStart.length;
  const valueEnd = block.indexOf('"', valueStart);
  const le = block.slice(valueStart, valueEnd);
  const next = block.charAt(valueEnd + 1);
  if (valueEnd === -1 || !simpleBound.test(le) || (next !== ',' && next !== '')) return undefined;
  if (position === 0) return { head: '', tail: block.slice(valueEnd + 2), le };
  // A quote after a word character closes a value: an opening quote follows `=`.
  if (
    block.charAt(position - 1) !== ',' ||
    block.charAt(position - 2) !== '"' ||
    !wordCharacter.test(block.charAt(position - 3))
  )
    return undefined;
  return { head: block.slice(0, position - 1), tail: block.slice(valueEnd + 1), le };
}

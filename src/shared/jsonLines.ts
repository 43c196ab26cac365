/** Long lists and objects as JSON in lines, which are written one after the other. */

/** The items of a list or the members of an object, each in a line. */
export function* jsonLines([open, close]: readonly [string, string], items: Iterable<string>): Generator<string> {
  let separator = `${open}\n`;
  for (const item of items) {
    yield `${separator}${item}`;
    separator = ',\n';
  }
  yield separator === ',\n' ? `\n${close}` : open + close;
}

/** Each item as JSON. */
export function* itemTexts(items: Iterable<unknown>): Generator<string> {
  for (const item of items) yield JSON.stringify(item);
}

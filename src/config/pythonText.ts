/** Python's text form of scalars, which OmegaConf uses when it joins and decodes text. */

const words = new Map<unknown, string>([
  [true, 'True'],
  [false, 'False'],
  [null, 'None'],
  [undefined, ''],
]);

/** A scalar as Python's `str()` writes it. */
export function pythonText(value: unknown): string {
  return words.get(value) ?? String(value);
}

const scalars = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** The scalar that a text reads as (`oc.decode`), else the text itself. */
export function decodeScalar(text: string): unknown {
  const word = text.trim();
  const known = scalars.get(word.toLowerCase());
  if (known !== undefined) return known;
  return /^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(word) ? Number(word.replaceAll('_', '')) : text;
}

/** Values as Python writes and reads them, because OmegaConf does so when it joins text and decodes it. */

const words = new Map<unknown, string>([
  [true, 'True'],
  [false, 'False'],
  [null, 'None'],
  [undefined, ''],
]);

/** `str(value)` of a scalar. */
export function pythonText(value: unknown): string {
  return words.get(value) ?? String(value);
}

const scalars = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Text → the scalar it reads as (`oc.decode`); text that reads as none stays text. */
export function decodeScalar(text: string): unknown {
  const word = text.trim();
  const known = scalars.get(word.toLowerCase());
  if (known !== undefined) return known;
  return /^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(word) ? Number(word.replaceAll('_', '')) : text;
}

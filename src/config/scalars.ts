/** Converts loosely typed config values: text that reads as a number, a word that means true. */

const trueWords = /^(?:true|yes|on|1)$/i;
const falseWords = /^(?:false|no|off|0)$/i;

/** A boolean, or text or a number that reads as one; `undefined` for anything else. */
export function asBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  if (trueWords.test(text)) return true;
  return falseWords.test(text) ? false : undefined;
}

/** A finite number, or text that reads as one; `undefined` for anything else. */
export function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A whole number of at least one, or text that reads as one; `undefined` for anything else. */
export function asCount(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

/** Text that is not empty, or a number as text; `undefined` for anything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

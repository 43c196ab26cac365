/** Text from outside in PromQL: strings, regular expressions and names, quoted as the grammar needs it. */

const escapes = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
const escapeChar = (char: string): string =>
  escapes.get(char) ?? (char < ' ' ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : `\\${char}`);

/**
 * The text as it is written between quotes of a kind: `"`, `'` or a backtick. Undefined if it cannot be written: between
 * backticks nothing is escaped, so a backtick ends the string.
 */
export function escapeInQuotes(text: string, quote: string): string | undefined {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
  if (quote === '`') return wellFormed.includes('`') ? undefined : wellFormed;
  return wellFormed.replace(/[\\"'\u0000-\u001f]/g, (char) =>
    (char === '"' || char === "'") && char !== quote ? char : escapeChar(char),
  );
}

/** A string literal. */
export const quoteString = (text: string): string => `"${escapeInQuotes(text, '"')}"`;

const namedChars = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

const codeOfEscape = (digits: string): number =>
  /^[xuU]/.test(digits) ? parseInt(digits.slice(1), 16) : parseInt(digits, 8);

/** The text of a string literal. */
export function stringValue(literal: string): string {
  const inside = literal.slice(1, -1);
  if (literal.startsWith('`')) return inside;
  return inside.replace(
    /\\(?:(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3})|(.))/gs,
    (_, digits: string | undefined, char: string) =>
      digits === undefined
        ? (namedChars.get(char) ?? char)
        : String.fromCodePoint(Math.min(codeOfEscape(digits), 0x10ffff)),
  );
}

/** A regular expression that matches this text only. It holds no backtick, so it can be written between any quotes. */
export const textPattern = (text: string): string =>
  text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('`', '\\x60');

/** A regular expression that matches exactly these values; without any, one that matches everything. */
export const oneOf = (values: readonly string[]): string =>
  values.length === 0 ? '.*' : [...new Set(values)].map(textPattern).join('|');

/** The name of a label as it is written in matchers and groupings. */
export const labelName = (name: string): string => (/^[a-zA-Z_]\w*$/.test(name) ? name : quoteString(name));

const identifier = /^[a-zA-Z_:][\w:]*$/;
/** Words that the grammar does not take for a metric. */
const reservedWord =
  /^(?:inf|nan|on|ignoring|bool|offset|group_left|group_right|anchored|smoothed|fill|fill_left|fill_right)$/i;

/** Selects the series of a metric that fit the matchers, which are written already: `up{job="a"}`, `{"my.metric"}`. */
export function seriesSelector(metric: string, matchers: readonly string[] = []): string {
  if (!identifier.test(metric)) return `{${[quoteString(metric), ...matchers].join(', ')}}`;
  // Quoted names need Prometheus 3; this form is understood by all.
  if (reservedWord.test(metric)) return `{${[`__name__=${quoteString(metric)}`, ...matchers].join(', ')}}`;
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
}

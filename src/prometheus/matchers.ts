/** Strings and regular expressions as PromQL writes them. */

/** A string literal. */
export const quoteString = (text: string): string => JSON.stringify(text);

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A regular expression that matches exactly these values; without any, one that matches everything. */
export const oneOf = (values: readonly string[]): string =>
  values.length === 0 ? '.*' : [...new Set(values)].map(escapePattern).join('|');

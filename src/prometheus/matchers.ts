/** Texts and matchers as PromQL writes them. */

/** A string literal. */
export const quoteString = (text: string): string => JSON.stringify(text);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A regular expression of just these; without any, one of all. */
export const oneOf = (values: readonly string[]): string =>
  values.length === 0 ? '.*' : [...new Set(values)].map(escaped).join('|');

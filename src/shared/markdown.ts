/** Rows of Markdown tables from untrusted text. */

/** Untrusted text as text: no character of it is markup, a mention, a link that a reader finds by itself, or a break. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>()#+!|~&@]|:(?=\/\/)|(?<=www)\./gi, (character) => `\\${character}`).replace(/\s+/g, ' ');

/** Cells that are Markdown already, as one line of a table. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

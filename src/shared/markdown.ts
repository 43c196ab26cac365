/** Rows of Markdown tables from untrusted text. */

/** Untrusted text as text: no character of it is markup, a mention or a break. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>()#+!|~&@]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');

/** Cells that are Markdown already, as one line of a table. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

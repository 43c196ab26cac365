/** Character codes of the exposition formats, for code that reads bytes. */

export const tab = 0x09;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const quote = 0x22;
export const hash = 0x23;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;

/** Whether a byte separates the tokens of a line: a space or a tab. */
export const isBlank = (byte: number | undefined): boolean => byte === space || byte === tab;

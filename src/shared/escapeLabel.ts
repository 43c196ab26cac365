/** Escapes untrusted text for labels and messages. */

/** Controls, and marks that turn the text around them, so that `exe.png` reads as `gnp.exe`. */
const controls = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** The text in one line, with blanks for controls and for marks that turn text around. */
export const withoutControls = (text: string): string => text.replace(controls, ' ');

/**
 * The text without controls, and with a zero-width space inside each `$(`, which would be an icon in the status bar,
 * Quick Picks and tree messages.
 */
export const escapeLabel = (text: string): string => withoutControls(text).replace(/\$\(/g, '$\u200b(');

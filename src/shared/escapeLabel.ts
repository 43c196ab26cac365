/** Escapes untrusted text for labels in which VS Code recognises icons. */

/**
 * The text with control characters replaced by blanks and a zero-width space inside each `$(`, which would be an icon
 * in the status bar, Quick Picks and tree messages.
 */
export function escapeLabel(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').replace(/\$\(/g, '$\u200b(');
}

/** A stranger's text, made harmless for the places where VS Code reads more than text. */

/** `$(name)` is an icon in status bar, QuickPick and tree messages: a zero-width space keeps it text. Control characters go. */
export function escapeLabel(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').replace(/\$\(/g, '$\u200b(');
}

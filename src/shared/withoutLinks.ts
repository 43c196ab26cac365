/** Untrusted text for notifications. */

/** The text, of which VS Code makes no link, and so no link to a command: `[x](command:y)` is one in a notification. */
export const withoutLinks = (text: string): string => text.replaceAll('](', '] (');

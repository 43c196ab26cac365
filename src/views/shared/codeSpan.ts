/** Untrusted text in markdown documents that people paste into issues. */
import { homedir } from 'node:os';
import { redactSecrets } from '../../http/redact';
import { escapeLabel } from '../../shared/escapeLabel';

const maxLength = 400;

/**
 * Untrusted text as an inline code span: one line of bounded length, with nothing in it that Markdown or GitHub
 * interprets. Credentials in URLs are removed, and the home folder is shown as `~`.
 */
export function codeSpan(text: string): string {
  const home = homedir();
  const redacted = redactSecrets(text);
  const line = escapeLabel(home.length > 1 ? redacted.replaceAll(home, '~') : redacted)
    .replaceAll('`', '’')
    .trim();
  return line === '' ? '(empty)' : `\`${line.length > maxLength ? `${line.slice(0, maxLength)}…` : line}\``;
}

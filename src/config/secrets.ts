/** Masks secrets in config values before they are shown. */

/** Keys whose last word names a secret. `max_num_batched_tokens` and `stop_token_ids` do not match. */
const secretKey =
  /(?:^|[._-])(?:token|secret|password|passwd|passphrase|credentials?|authorization|api_?key|access_?key|private_?key|auth)$/i;

/** Tokens in the shapes of Hugging Face, OpenAI, GitHub, GitLab, AWS and JSON Web Tokens. */
const secretText =
  /\b(?:hf_[A-Za-z0-9]{16,}|sk-[\w-]{16,}|gh[opsu]_[A-Za-z0-9]{16,}|glpat-[\w-]{16,}|AKIA[0-9A-Z]{12,}|eyJ[\w-]{10,2000}\.[\w-]{10,}\.[\w-]*)/g;

const userInfo = /(:\/\/)[^/@\s]+@/g;

/** What is shown instead of a secret. */
const mask = '••••••';

/** Whether something in a text that is shown was masked: two such texts may be of different values. */
export const isMasked = (text: string): boolean => text.includes(mask);

function maskNested(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(secretText, mask).replace(userInfo, `$1${mask}@`);
  if (Array.isArray(value)) return value.map(maskNested);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskSecret(key, inner)]));
}

/**
 * A value that is safe to show: masked as a whole if its key names a secret, else with tokens and user names in URLs
 * masked. `null`, empty text and booleans are not secrets.
 */
export function maskSecret(key: string, value: unknown): unknown {
  const isSecret = secretKey.test(key) && value !== null && value !== '' && typeof value !== 'boolean';
  return isSecret ? mask : maskNested(value);
}

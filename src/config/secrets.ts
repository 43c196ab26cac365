/** Values that nobody should see over a shoulder or in a pasted issue. */

/** A word of a key's last part that says what it holds; `max_num_batched_tokens` and `stop_token_ids` hold none. */
const secretKey =
  /(?:^|[._-])(?:token|secret|password|passwd|passphrase|credentials?|authorization|api_?key|access_?key|private_?key|auth)$/i;

/** Tokens by the shape their makers give them. */
const secretText =
  /\b(?:hf_[A-Za-z0-9]{16,}|sk-[\w-]{16,}|gh[opsu]_[A-Za-z0-9]{16,}|glpat-[\w-]{16,}|AKIA[0-9A-Z]{12,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)/g;

const userInfo = /(:\/\/)[^/@\s]+@/g;

export const mask = '••••••';

function maskNested(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(secretText, mask).replace(userInfo, `$1${mask}@`);
  if (Array.isArray(value)) return value.map(maskNested);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskSecret(key, inner)]));
}

/** A value as it may be shown: whole secrets by their key's name, parts by their shape. `null`, empty text and booleans are no secrets. */
export function maskSecret(key: string, value: unknown): unknown {
  const isSecret = secretKey.test(key) && value !== null && value !== '' && typeof value !== 'boolean';
  return isSecret ? mask : maskNested(value);
}

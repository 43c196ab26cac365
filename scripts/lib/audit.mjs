/** Asks npm whether a known weakness is in what is installed. */
import { npm } from './npm.mjs';
import { root } from './paths.mjs';

/** @typedef {{ problems: number, summary: string } | { reason: string }} Audit `reason`: why nothing could be asked */

/** @returns {Promise<Audit>} */
export async function audit() {
  let text = '';
  const failed = await npm(['audit', '--json', '--loglevel', 'silent'], {
    cwd: root,
    timeoutMs: 60_000,
    onText: (chunk) => (text += chunk),
  }).then(
    () => undefined,
    (error) => error,
  );
  return readAudit(text, failed instanceof Error ? failed.message : '');
}

/**
 * What npm's JSON says: the number of weaknesses, or why it has no answer, e.g. without a network.
 * @param {string} text
 * @param {string} failure
 * @returns {Audit}
 */
export function readAudit(text, failure) {
  try {
    const { metadata, vulnerabilities, message } = JSON.parse(text);
    const total = metadata?.vulnerabilities?.total;
    if (typeof total === 'number') return { problems: total, summary: Object.keys(vulnerabilities ?? {}).join(', ') };
    return { reason: message ?? failure };
  } catch {
    return { reason: failure || 'npm printed no answer' };
  }
}

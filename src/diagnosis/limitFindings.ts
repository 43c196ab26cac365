/** Bounds the number of findings: what holds for hundreds of engines is not said hundreds of times. */
import type { Finding } from '../api';

/** Each kind of finding is listed so many times. */
export const maxFindingsPerRule = 32;

/** The findings in their order. Those of one rule beyond the limit become one that counts them. */
export function limitFindings(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  for (const { id } of findings) counts.set(id, (counts.get(id) ?? 0) + 1);
  const listed = new Map<string, number>();
  return findings.flatMap((finding): Finding[] => {
    const { id, severity, advice } = finding;
    const number = (listed.get(id) ?? 0) + 1;
    listed.set(id, number);
    if (number <= maxFindingsPerRule) return [finding];
    if (number > maxFindingsPerRule + 1) return [];
    const omitted = (counts.get(id) ?? 0) - maxFindingsPerRule;
    // A single one says more than that there is one more.
    if (omitted === 1) return [finding];
    const message = `${omitted.toLocaleString('en')} more findings of the same kind are not listed.`;
    return [{ id, severity, message, more: omitted, ...(advice !== undefined && { advice }) }];
  });
}

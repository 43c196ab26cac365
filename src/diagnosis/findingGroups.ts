/** Findings of one rule as a group: what holds for twelve engines is said once. */
import type { Finding } from '../api';
import { catalogRow } from '../metrics/catalog/index';
import { formatValue } from '../shared/format';

/** From so many findings of one rule on they are a group. */
export const groupFrom = 3;

/** The findings of one rule, in their order. */
export interface FindingGroup {
  /** Id of the rule. */
  id: string;
  severity: Finding['severity'];
  /** `12 engines: KV cache over 98 %`. */
  label: string;
  findings: readonly Finding[];
  /** How many there are, with those that are not listed. */
  count: number;
  /** When the first of them began to hold; absent if unknown. */
  since?: number;
  /** Absent if they differ in it. */
  advice?: string;
}

/** What the findings of a rule are about, and what is wrong with it. */
const titles: Readonly<Record<string, readonly [subjects: string, title: string]>> = {
  'not-moving': ['engines', 'not moving, with work in them'],
  'engine-dead': ['engines', 'dead'],
  'no-report': ['engines', 'alive without a report'],
  'engine-reset': ['engines', 'restarted'],
  'preemption-thrash': ['engines', 'preempting requests'],
  overload: ['engines', 'overloaded'],
  'slow-decode': ['engines', 'decoding slowly'],
  'dropped-families': ['engines', 'histograms missing'],
  'late-agent': ['nodes', 'Ray’s agent is late'],
  'agent-restarted': ['nodes', 'Ray’s agent restarted'],
  'server-without-engine': ['servers', 'no engine series'],
  'router-not-engine': ['targets', 'routers, not engines'],
  'alternating-processes': ['addresses', 'several servers answer in turn'],
};

const severities: readonly Finding['severity'][] = ['info', 'warning', 'error'];

function labelOf(id: string, count: number, findings: readonly Finding[]): string {
  if (id === 'kv-pressure') {
    const { thresholds, unit } = catalogRow('kv_cache_usage_perc');
    const limit = findings.every(({ severity }) => severity === 'error') ? thresholds?.error : thresholds?.warning;
    return `${count} engines: KV cache over ${formatValue(limit, unit)}`;
  }
  const [subjects, title] = titles[id] ?? ['findings', findings[0]?.message ?? ''];
  return `${count} ${subjects}: ${title}`;
}

function toGroup(id: string, findings: readonly Finding[]): FindingGroup {
  const count = findings.reduce((sum, { more = 1 }) => sum + more, 0);
  const since = findings.flatMap((finding) => finding.since ?? []);
  const [{ advice } = {}] = findings;
  const worst = Math.max(...findings.map(({ severity }) => severities.indexOf(severity)));
  return {
    id,
    severity: severities[worst] ?? 'info',
    label: labelOf(id, count, findings),
    findings,
    count,
    ...(since.length > 0 && { since: Math.min(...since) }),
    ...(advice !== undefined && findings.every((finding) => finding.advice === advice) && { advice }),
  };
}

/** Whether an entry is a group. */
export const isFindingGroup = (entry: Finding | FindingGroup): entry is FindingGroup => 'findings' in entry;

/** The findings in their order; those of a rule with at least three are one group, in the place of the first. */
export function groupFindings(findings: readonly Finding[]): (Finding | FindingGroup)[] {
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) {
    const ofRule = byRule.get(finding.id);
    if (ofRule) ofRule.push(finding);
    else byRule.set(finding.id, [finding]);
  }
  return findings.flatMap((finding): (Finding | FindingGroup)[] => {
    const ofRule = byRule.get(finding.id) ?? [];
    if (ofRule.length < groupFrom) return [finding];
    return ofRule[0] === finding ? [toGroup(finding.id, ofRule)] : [];
  });
}

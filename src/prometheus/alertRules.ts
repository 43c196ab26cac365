/** Alert rules for Prometheus, from the catalog's thresholds. */
import { catalog, type CatalogRow } from '../metrics/catalog';
import { byEngine } from '../metrics/chartQueries';
import { formatValue } from '../shared/format';
import { quoted } from './matchers';

/** Long enough that one slow request alerts nobody. */
const range = '5m';
const holdsFor = '2m';

export interface AlertScope {
  onRay: boolean;
  /** Servers show their own names. */
  natively: boolean;
}

/** `kv_cache_usage_perc` → `SkyrlKvCacheUsagePerc`. */
const alertName = (id: string): string =>
  `Skyrl${id
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`;

/** By engine, in each spelling that is there, and who reports so. */
function expressions(
  { promql, subject }: CatalogRow,
  { onRay, natively }: AlertScope,
): { expression: string; reporter: 'ray' | 'server' }[] {
  const over = promql.replaceAll('$w', range);
  if (!over.includes('ray_')) return natively ? [{ expression: over, reporter: 'server' }] : [];
  const spelled = (labels: string): string => (subject === 'engine' ? byEngine(over, labels) : over);
  return [
    ...(onRay ? [{ expression: spelled('WorkerId'), reporter: 'ray' as const }] : []),
    ...(natively && over.includes('ray_vllm_')
      ? [{ expression: spelled('instance, engine').replaceAll('ray_vllm_', 'vllm:'), reporter: 'server' as const }]
      : []),
  ];
}

const shownBy: Partial<Record<CatalogRow['unit'], string>> = {
  fraction: 'humanizePercentage',
  seconds: 'humanizeDuration',
};

function rulesOf(row: CatalogRow, scope: AlertScope): string[] {
  const { thresholds, worst, label, help, unit } = row;
  if (!thresholds) return [];
  const limits = [
    ['warning', thresholds.warning],
    ['critical', thresholds.error],
  ] as const;
  return limits.flatMap(([severity, limit]) =>
    expressions(row, scope).flatMap(({ expression, reporter }) => [
      `      - alert: ${alertName(row.id)}`,
      `        expr: ${quoted(`(${expression}) ${worst === 'low' ? '<=' : '>='} ${limit}`)}`,
      `        for: ${holdsFor}`,
      '        labels:',
      `          severity: ${severity}`,
      `          reporter: ${reporter}`,
      '        annotations:',
      `          summary: ${quoted(`${label}: {{ $value | ${shownBy[unit] ?? 'humanize'} }}`)}`,
      `          description: ${quoted(`${help} Limit ${formatValue(limit, unit)}: ${thresholds.source}.`)}`,
    ]),
  );
}

/** The rules file. */
export function alertRules(scope: AlertScope): string {
  return [
    '# Limits of SkyRL Metrics’ catalog, by engine. Each names where it is from.',
    'groups:',
    '  - name: skyrl',
    '    rules:',
    ...catalog.flatMap((row) => rulesOf(row, scope)),
    '',
  ].join('\n');
}

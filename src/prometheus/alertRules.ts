/** Alert rules for Prometheus, from the catalog's thresholds. */
import { catalog, type CatalogRow } from '../metrics/catalog';
import { groupByEngine } from '../metrics/chartQueries';
import { formatValue } from '../shared/format';
import { quoteString } from './matchers';

/** Long enough that one slow request alerts nobody. */
const range = '5m';
const holdsFor = '2m';

export interface AlertRuleOptions {
  hasRayTargets: boolean;
  /** Servers show their own names. */
  hasNativeTargets: boolean;
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
  { hasRayTargets, hasNativeTargets }: AlertRuleOptions,
): { expression: string; reporter: 'ray' | 'server' }[] {
  const over = promql.replaceAll('$w', range);
  if (!over.includes('ray_')) return hasNativeTargets ? [{ expression: over, reporter: 'server' }] : [];
  const spelled = (labels: string): string => (subject === 'engine' ? groupByEngine(over, labels) : over);
  return [
    ...(hasRayTargets ? [{ expression: spelled('WorkerId'), reporter: 'ray' as const }] : []),
    ...(hasNativeTargets && over.includes('ray_vllm_')
      ? [{ expression: spelled('instance, engine').replaceAll('ray_vllm_', 'vllm:'), reporter: 'server' as const }]
      : []),
  ];
}

const templateFunctions: Partial<Record<CatalogRow['unit'], string>> = {
  fraction: 'humanizePercentage',
  seconds: 'humanizeDuration',
};

function rulesOf(row: CatalogRow, scope: AlertRuleOptions): string[] {
  const { thresholds, worst, label, help, unit } = row;
  if (!thresholds) return [];
  const limits = [
    ['warning', thresholds.warning],
    ['critical', thresholds.error],
  ] as const;
  return limits.flatMap(([severity, limit]) =>
    expressions(row, scope).flatMap(({ expression, reporter }) => [
      `      - alert: ${alertName(row.id)}`,
      `        expr: ${quoteString(`(${expression}) ${worst === 'low' ? '<=' : '>='} ${limit}`)}`,
      `        for: ${holdsFor}`,
      '        labels:',
      `          severity: ${severity}`,
      `          reporter: ${reporter}`,
      '        annotations:',
      `          summary: ${quoteString(`${label}: {{ $value | ${templateFunctions[unit] ?? 'humanize'} }}`)}`,
      `          description: ${quoteString(`${help} Limit ${formatValue(limit, unit)}: ${thresholds.source}.`)}`,
    ]),
  );
}

/** The rules file. */
export function alertRules(scope: AlertRuleOptions): string {
  return [
    '# Limits of SkyRL Metrics’ catalog, by engine. Each names where it is from.',
    'groups:',
    '  - name: skyrl',
    '    rules:',
    ...catalog.flatMap((row) => rulesOf(row, scope)),
    '',
  ].join('\n');
}

/** Alert rules for a Prometheus, from the catalog's thresholds. */
import { catalog, type CatalogRow } from '../metrics/catalog';
import { groupByEngine } from '../metrics/chartQueries';
import { engineLabels, spellPromql, type Reporter } from '../metrics/spellPromql';
import { formatValue } from '../shared/format';
import { yamlString } from './yamlString';

/** The range of rates: long enough that a single slow request raises no alert. */
const rateRange = '5m';
/** How long a threshold has to be crossed. */
const holdFor = '2m';

/** Where the metrics that the rules are about come from. */
export interface AlertRuleOptions {
  hasRayTargets: boolean;
  /** Servers, whose metrics have their own names. */
  hasNativeTargets: boolean;
}

interface AlertExpression {
  expression: string;
  reporter: Reporter;
}

/** `kv_cache_usage_perc` → `SkyrlKvCacheUsagePerc`. */
function alertName(rowId: string): string {
  const words = rowId.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Skyrl${words.join('')}`;
}

/** A row by engine, in the names of each kind of target. */
function expressionsOf(
  { promql, subject }: CatalogRow,
  { hasRayTargets, hasNativeTargets }: AlertRuleOptions,
): AlertExpression[] {
  const reporters: Reporter[] = [
    ...(hasRayTargets && promql.includes('ray_') ? (['ray'] as const) : []),
    ...(hasNativeTargets && (promql.includes('ray_vllm_') || !promql.includes('ray_')) ? (['server'] as const) : []),
  ];
  return reporters.map((reporter) => ({
    reporter,
    expression: spellPromql(
      subject === 'engine' && promql.includes('ray_') ? groupByEngine(promql, engineLabels[reporter]) : promql,
      reporter,
      rateRange,
    ),
  }));
}

const templateFunctions: Partial<Record<CatalogRow['unit'], string>> = {
  fraction: 'humanizePercentage',
  seconds: 'humanizeDuration',
};

function rulesOf(row: CatalogRow, options: AlertRuleOptions): string[] {
  const { thresholds, worst, label, help, unit } = row;
  if (!thresholds) return [];
  const limits = [
    ['warning', thresholds.warning],
    ['critical', thresholds.error],
  ] as const;
  const operator = worst === 'low' ? '<=' : '>=';
  return limits.flatMap(([severity, limit]) =>
    expressionsOf(row, options).flatMap(({ expression, reporter }) => [
      `      - alert: ${alertName(row.id)}`,
      `        expr: ${yamlString(`(${expression}) ${operator} ${limit}`)}`,
      `        for: ${holdFor}`,
      '        labels:',
      `          severity: ${severity}`,
      `          reporter: ${reporter}`,
      '        annotations:',
      `          summary: ${yamlString(`${label}: {{ $value | ${templateFunctions[unit] ?? 'humanize'} }}`)}`,
      `          description: ${yamlString(`${help} Limit ${formatValue(limit, unit)}: ${thresholds.source}.`)}`,
    ]),
  );
}

/** A rules file, as YAML. */
export function alertRules(options: AlertRuleOptions): string {
  return [
    '# Limits of SkyRL Metrics’ catalog, by engine. Each names where it is from.',
    'groups:',
    '  - name: skyrl',
    '    rules:',
    ...catalog.flatMap((row) => rulesOf(row, options)),
    '',
  ].join('\n');
}

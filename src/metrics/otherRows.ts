/** Rows of families that the catalog does not know, made from their own name, type and help. */
import type { OtherFamily, Snapshot } from '../api';
import { canonicalName } from '../exposition/canonicalName';
import { metricNamePattern } from '../exposition/types';
import type { Unit } from '../shared/format';
import { catalog, type CatalogRow } from './catalog';
import { histogram } from './catalog/histogramRows';
import { gauge, rate } from './catalog/rowBuilders';

/** The category's name. */
export const otherCategory = { id: 'other', label: 'Other engine metrics' } as const;

/** Whether an id is of a family that the catalog does not know. */
export const isOtherId = (id: string): boolean => id.startsWith('other/');

/** Quantiles that a summary may expose itself, by the value of its label. */
const summaryQuantiles: readonly (readonly [label: string, suffix: string])[] = [
  ['0.5', 'p50'],
  ['0.95', 'p95'],
  ['0.99', 'p99'],
];

const units: readonly (readonly [name: RegExp, unit: Unit, rateUnit: Unit])[] = [
  [/_seconds$/, 'seconds', '/s'],
  [/_bytes$/, 'bytes', 'bytes/s'],
  [/_tokens$/, 'tokens', 'tokens/s'],
  [/_requests$/, 'requests', 'requests/s'],
];

/** Names are the only hint at a unit. */
function unitOf(name: string, isRate: boolean): Unit {
  const [, unit = 'number', rateUnit = '/s'] = units.find(([pattern]) => pattern.test(name)) ?? [];
  return isRate ? rateUnit : unit;
}

/** A sample's name in PromQL, of vLLM in Ray's spelling as all queries of rows; quoted if it has to be. */
function promqlName(name: string): string {
  const isOfVllm = /^(?:ray_)?vllm[:_]/.test(name);
  const spelled = isOfVllm ? `ray_vllm_${canonicalName(name) ?? name}` : name;
  return metricNamePattern.test(spelled) ? spelled : `{${JSON.stringify(name)}}`;
}

/** A series selector with one more matcher. */
const withMatcher = (selector: string, matcher: string): string =>
  selector.endsWith('}') ? `${selector.slice(0, -1)}, ${matcher}}` : `${selector}{${matcher}}`;

/** What the ids of the rows of a histogram begin with is the family's id; a scalar's one row has it as its id. */
export function otherRows({ id, name, type, help, subject }: OtherFamily): CatalogRow[] {
  const family = canonicalName(name) ?? name;
  const label = id.replace(/^other\//, '');
  const selector = (suffix = ''): string => promqlName(`${name}${suffix}`);
  const common = {
    id,
    label,
    shortLabel: label,
    category: otherCategory.id,
    subject,
    worst: 'neither',
    help: help || `A ${type === 'unknown' ? 'family without a type' : type} that has no help.`,
    unit: unitOf(label, type === 'counter'),
  } as const;
  switch (type) {
    case 'counter':
      return [rate({ ...common, selector: family, promql: `sum(rate(${selector()}[$w]))` })];
    case 'histogram':
      return histogram({ ...common, base: id, family }).map((row) => ({
        ...row,
        promql:
          row.kind === 'quantile'
            ? `histogram_quantile(${row.quantile}, sum by (le) (rate(${selector('_bucket')}[$w])))`
            : `sum(rate(${selector('_sum')}[$w])) / sum(rate(${selector('_count')}[$w]))`,
      }));
    case 'summary':
      return [
        ...histogram({ ...common, base: id, family })
          .slice(0, 1)
          .map((row) => ({
            ...row,
            promql: `sum(rate(${selector('_sum')}[$w])) / sum(rate(${selector('_count')}[$w]))`,
          })),
        ...summaryQuantiles.map(([quantile, suffix]) =>
          gauge({
            ...common,
            id: `${id}_${suffix}`,
            label: `${label}, ${suffix}`,
            shortLabel: `${label} ${suffix}`,
            selector: { family, where: { quantile } },
            least: -Infinity,
            aggregate: 'max',
            promql: `max(${withMatcher(selector(), `quantile="${quantile}"`)})`,
          }),
        ),
      ];
    case 'gauge':
    case 'info':
    case 'unknown':
      return [gauge({ ...common, selector: family, least: -Infinity, promql: `sum(${selector()})` })];
  }
}

/** A row for an id of which nothing else is known, as in an import. */
export const unknownOtherRow = (id: string): CatalogRow => ({
  ...gauge({
    id,
    label: id.replace(/^other\//, ''),
    selector: id,
    least: -Infinity,
    category: otherCategory.id,
    unit: 'number',
    help: 'A family without a row in the catalog.',
    promql: '',
  }),
});

const noFamilies: readonly OtherFamily[] = [];
/** A snapshot's list stays the same object while no family is new. */
const rowsByFamilies = new WeakMap<readonly OtherFamily[], readonly CatalogRow[]>();

/** The rows of all other families of a snapshot. */
export function otherRowsIn(snapshot: Pick<Snapshot, 'otherFamilies'> | undefined): readonly CatalogRow[] {
  const families = snapshot?.otherFamilies ?? noFamilies;
  const rows = rowsByFamilies.get(families) ?? families.flatMap(otherRows);
  rowsByFamilies.set(families, rows);
  return rows;
}

/** The catalog's rows and those of the snapshot's other families. */
export const allRows = (snapshot: Pick<Snapshot, 'otherFamilies'> | undefined): readonly CatalogRow[] => [
  ...catalog,
  ...otherRowsIn(snapshot),
];

/** What the samples of a metric are measured in, by its name: the catalog's units, and the field's suffixes for others. */
import { canonicalName } from '../exposition/canonicalName';
import { catalog, type CatalogRow } from '../metrics/catalog';
import { oldNames } from '../metrics/sampleNames';
import type { Unit } from '../shared/format';

/** What kind of samples a metric has. */
type SampleKind = 'plain' | 'counter' | 'sum' | 'count' | 'bucket';

/** What a metric's name tells about its samples. */
export interface MetricUnits {
  /** The name without the suffix of its samples. */
  family: string;
  kind: SampleKind;
  /** Unit of a sample. Undefined if it has none or it is unknown. */
  unit?: Unit | undefined;
  /** Unit of what a histogram observes. */
  observed?: Unit | undefined;
  /** Samples are Unix times in seconds. */
  isTime?: boolean;
}

const perSecondUnits = [
  ['tokens', 'tokens/s'],
  ['requests', 'requests/s'],
  ['bytes', 'bytes/s'],
  ['count', '/s'],
] as const satisfies readonly (readonly [Unit, Unit])[];

/** The unit of a growth per second. Undefined if it has no name. */
export const perSecond = (unit: Unit | undefined): Unit | undefined =>
  perSecondUnits.find(([total]) => total === unit)?.[1];
const totalOf = (unit: Unit): Unit | undefined => perSecondUnits.find(([, rate]) => rate === unit)?.[0];

/** Units by kind of sample, for one family. */
type FamilyUnits = Partial<Record<'gauge' | 'counter' | 'observed', Unit>>;

/** What the unit of a catalog row tells of its family's samples. */
function unitsOfRow(row: CatalogRow): FamilyUnits {
  switch (row.kind) {
    case 'gauge': {
      const isOwnUnit = row.scale === undefined && row.fromLabel === undefined;
      return isOwnUnit ? { gauge: row.unit } : {};
    }
    case 'rate': {
      const counter = row.scale === undefined ? totalOf(row.unit) : undefined;
      return counter === undefined || row.selector.sampleKind !== 'counter' ? {} : { counter };
    }
    case 'increase':
      return { counter: row.unit };
    case 'mean':
    case 'quantile':
      return { observed: row.unit };
    case 'ratio':
    case 'quotient':
      return {};
  }
}

const catalogUnits = new Map<string, FamilyUnits>();
/** Families that the catalog converts: their samples are not in the unit of their row. */
const scaledFamilies = new Set<string>();
for (const row of catalog) {
  const family = row.families[0] ?? '';
  catalogUnits.set(family, { ...catalogUnits.get(family), ...unitsOfRow(row) });
  if ('scale' in row && row.scale !== undefined) scaledFamilies.add(family);
}

const pairKey = (numerator: string, denominator: string): string => `${numerator} / ${denominator}`;
/** Units of one counter's growth divided by another's, by their families. */
const catalogPairs = new Map(
  catalog.flatMap((row) =>
    row.kind === 'ratio' && row.plus === undefined && !row.numerator.where && !row.denominator.where
      ? [[pairKey(row.numerator.family, row.denominator.family), row.unit] as const]
      : [],
  ),
);

/** Unit of one family's growth divided by another's, such as hits by queries of a cache. Undefined if unknown. */
export function unitOfPair(numerator: MetricUnits, denominator: MetricUnits): Unit | undefined {
  if (numerator.kind === 'sum' && denominator.kind === 'count' && numerator.family === denominator.family)
    return numerator.observed;
  if (/_hits$/.test(numerator.family) && numerator.family.replace(/_hits$/, '_queries') === denominator.family)
    return 'fraction';
  return catalogPairs.get(pairKey(numerator.family, denominator.family));
}

/** Prometheus's base units as suffixes of names (prometheus.io/docs/practices/naming), and those of vLLM. */
const unitsBySuffix: readonly [RegExp, Unit][] = [
  [/_seconds$/, 'seconds'],
  [/_bytes$/, 'bytes'],
  [/_tokens$/, 'tokens'],
  [/_(?:ratio|fraction)$/, 'fraction'],
  [/_cache_usage_perc$/, 'fraction'],
  [/num_requests_(?:running|waiting)$/, 'requests'],
  [/_celsius$/, '°C'],
];
const unitBySuffix = (family: string): Unit | undefined => unitsBySuffix.find(([suffix]) => suffix.test(family))?.[1];

const kindsBySuffix: Record<string, SampleKind> = {
  _total: 'counter',
  _sum: 'sum',
  _count: 'count',
  _bucket: 'bucket',
};
/** Unix times: `process_start_time_seconds`, `x_timestamp_seconds`, and `x_created` of the Python client. */
const unixTime = /_(?:timestamp|(?:start|boot|expiration)_time)_seconds$|_created$/;

/** What the name of a metric tells, in any spelling of vLLM's names. */
export function metricUnits(name: string): MetricUnits {
  const canonical = canonicalName(name) ?? name;
  if (unixTime.test(canonical)) return { family: canonical, kind: 'plain', isTime: true };
  const suffix = /_(?:total|sum|count|bucket)$/.exec(canonical)?.[0] ?? '';
  const bareName = canonical.slice(0, canonical.length - suffix.length);
  const family = (Object.hasOwn(oldNames, bareName) ? oldNames[bareName] : undefined) ?? bareName;
  const kind = kindsBySuffix[suffix] ?? 'plain';
  const known = catalogUnits.get(family);
  const bySuffix = scaledFamilies.has(family) ? undefined : unitBySuffix(family);
  const observed = known?.observed ?? bySuffix;
  switch (kind) {
    case 'sum':
      return { family, kind, unit: observed === 'fraction' ? undefined : observed, observed };
    case 'count':
    case 'bucket':
      return { family, kind, observed };
    case 'counter':
      return { family, kind, unit: known?.counter ?? bySuffix };
    case 'plain':
      // Ray's older releases expose counters without `_total`, and native histograms have no suffix.
      return { family, kind, unit: known?.gauge ?? known?.counter ?? observed, observed };
  }
}

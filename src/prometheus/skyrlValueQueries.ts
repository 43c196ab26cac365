/**
 * What SkyRL would log, from a Prometheus: SkyRL's arithmetic over two samples of each series (`x - x offset …`), never
 * `rate`.
 */
import type { CatalogIndex } from '../metrics/catalogIndex';
import { valuesFromTotals, type SkyrlTotals } from '../metrics/skyrlValues';
import type { BatchResult } from './batch';
import { finiteOnly, type NamedQuery } from './expressions';
import type { InstantSample } from './responseData';
import { selectSeries, type SeriesScope } from './scopes';

/** Ids of the queries, by the number of their selector. */
const queryIds = {
  sum: (selector: number) => `log sum ${selector}`,
  count: (selector: number) => `log count ${selector}`,
  delta: (selector: number) => `log delta ${selector}`,
  rate: (selector: number) => `log rate ${selector}`,
} as const;

/** Left out if the counter fell. */
const deltaOf = (series: string, offset: string): string => `((${series} - ${series} offset ${offset}) >= 0)`;
/** The seconds between a series' two samples; left out without a new sample. */
const secondsOf = (series: string, offset: string): string =>
  `((timestamp(${series}) - timestamp(${series} offset ${offset})) > 0)`;

/**
 * The queries over all engines, including those of other runs, which SkyRL counts in. `offset`: back to the snapshot
 * before, as a PromQL duration.
 */
export function skyrlValueQueries(
  { selectors, skyrl }: CatalogIndex,
  scopes: readonly SeriesScope[],
  offset: string,
): NamedQuery[] {
  const allEngines = scopes.map((scope) => ({ ...scope, engineMatchers: [] }));
  const seriesOf = (number: number): string[] => {
    const selector = selectors[number];
    return selector ? allEngines.flatMap((scope) => selectSeries(scope, selector, 'engine')) : [];
  };
  const gaugeQueries = skyrl.gauges.flatMap((number): NamedQuery[] => {
    const series = seriesOf(number).map(finiteOnly).join(' or ');
    if (series === '') return [];
    return [
      { id: queryIds.sum(number), expression: `sum(${series})` },
      { id: queryIds.count(number), expression: `count(${series})` },
    ];
  });
  const counterQueries = skyrl.counters.flatMap((number): NamedQuery[] => {
    const series = seriesOf(number);
    if (series.length === 0) return [];
    const isByPosition = number === skyrl.acceptedByPosition;
    const deltas = series.map((one) => deltaOf(one, offset)).join(' or ');
    const rates = series.map((one) => `${deltaOf(one, offset)} / ${secondsOf(one, offset)}`).join(' or ');
    return [
      { id: queryIds.delta(number), expression: `sum${isByPosition ? ' by (position) ' : ''}(${deltas})` },
      ...(isByPosition ? [] : [{ id: queryIds.rate(number), expression: `sum(${rates})` }]),
    ];
  });
  return [...gaugeQueries, ...counterQueries];
}

/** SkyRL's keys (`vllm/…`) and values, in SkyRL's units; what was not answered is left out. */
export function readSkyrlValues(
  { skyrl }: CatalogIndex,
  { itemsById }: BatchResult<InstantSample>,
): Record<string, number> {
  const valueOf = (id: string): number | undefined => itemsById.get(id)?.[0]?.value;
  const totals: SkyrlTotals = { bySelector: new Map(), byPosition: new Map(), gauges: new Map() };
  for (const number of skyrl.gauges) {
    const [sum, count] = [valueOf(queryIds.sum(number)), valueOf(queryIds.count(number))];
    if (sum !== undefined && count !== undefined) totals.gauges.set(number, { sum, count });
  }
  for (const number of skyrl.counters) {
    if (number === skyrl.acceptedByPosition) {
      for (const { labels, value = NaN } of itemsById.get(queryIds.delta(number)) ?? [])
        totals.byPosition.set(Number(labels['position']), value);
      continue;
    }
    // Without a new sample there is no rate, and nothing is known about the time between.
    const [delta, perSecond] = [valueOf(queryIds.delta(number)), valueOf(queryIds.rate(number))];
    if (delta !== undefined && perSecond !== undefined) totals.bySelector.set(number, { delta, perSecond });
  }
  return Object.fromEntries(
    Object.entries(valuesFromTotals(skyrl, totals)).filter(([, value]) => Number.isFinite(value)),
  );
}

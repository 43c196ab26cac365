/** What SkyRL would log, by its own arithmetic over two samples of each series that Prometheus has: `x - x offset …`, never `rate`. */
import type { CatalogIndex } from '../metrics/catalogIndex';
import { valuesFromTotals, type SkyrlTotals } from '../metrics/skyrlValues';
import type { BatchResult } from './batch';
import type { InstantSample } from './responseData';
import type { NamedQuery } from './expressions';
import { selectSeries, type SeriesScope } from './scopes';

const difference = (series: string, offset: string): string => `((${series} - ${series} offset ${offset}) >= 0)`;
/** A series' own time between its samples; without a new sample there is none. */
const elapsed = (series: string, offset: string): string =>
  `((timestamp(${series}) - timestamp(${series} offset ${offset})) > 0)`;

/** The pieces over all engines, those of other runs too: SkyRL counts them in. `offset`: a duration back to the sample before. */
export function skyrlValueQueries(
  { selectors, skyrl }: CatalogIndex,
  scopes: readonly SeriesScope[],
  offset: string,
): NamedQuery[] {
  const all = scopes.map((scope) => ({ ...scope, engineMatchers: [] }));
  const seriesOf = (number: number): string[] => {
    const selector = selectors[number];
    return selector ? all.flatMap((scope) => selectSeries(scope, selector, 'engine')) : [];
  };
  const each = (number: number, wrap: (series: string) => string): string => seriesOf(number).map(wrap).join(' or ');
  const gauges = skyrl.gauges.flatMap((number): NamedQuery[] => {
    const series = each(number, (one) => one);
    return series === ''
      ? []
      : [
          { id: `log sum ${number}`, expression: `sum(${series})` },
          { id: `log count ${number}`, expression: `count(${series})` },
        ];
  });
  const counters = skyrl.counters.flatMap((number): NamedQuery[] => {
    const by = number === skyrl.acceptedByPosition ? ' by (position) ' : '';
    if (seriesOf(number).length === 0) return [];
    return [
      { id: `log delta ${number}`, expression: `sum${by}(${each(number, (one) => difference(one, offset))})` },
      ...(by === ''
        ? [
            {
              id: `log rate ${number}`,
              expression: `sum(${each(number, (one) => `${difference(one, offset)} / ${elapsed(one, offset)}`)})`,
            },
          ]
        : []),
    ];
  });
  return [...gauges, ...counters];
}

/** SkyRL's keys and values; what was not there is left out. */
export function readSkyrlValues(
  { skyrl }: CatalogIndex,
  { itemsById }: BatchResult<InstantSample>,
): Record<string, number> {
  const value = (id: string): number | undefined => itemsById.get(id)?.[0]?.value;
  const totals: SkyrlTotals = { bySelector: new Map(), byPosition: new Map(), gauges: new Map() };
  for (const number of skyrl.gauges) {
    const [sum, count] = [value(`log sum ${number}`), value(`log count ${number}`)];
    if (sum !== undefined && count !== undefined) totals.gauges.set(number, { sum, count });
  }
  for (const number of skyrl.counters) {
    const samples = itemsById.get(`log delta ${number}`) ?? [];
    // Without a new sample nothing is known of the time between.
    const perSecond = value(`log rate ${number}`);
    if (number === skyrl.acceptedByPosition)
      for (const { labels, value: delta = NaN } of samples) totals.byPosition.set(Number(labels['position']), delta);
    else if (samples[0]?.value !== undefined && perSecond !== undefined)
      totals.bySelector.set(number, { delta: samples[0].value, perSecond });
  }
  return Object.fromEntries(
    Object.entries(valuesFromTotals(skyrl, totals)).filter(([, logged]) => Number.isFinite(logged)),
  );
}

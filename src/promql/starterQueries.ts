/** Queries to start from for a metric, by its type. */
import { labelName, seriesSelector } from '../prometheus/promqlText';

interface StarterQuery {
  label: string;
  query: string;
}

const interval = '$__rate_interval';

/** Queries for a metric; the first one fits most. `labels` are those that the result may be split by. */
export function starterQueries(name: string, type: string, labels: readonly string[]): StarterQuery[] {
  const series = seriesSelector(name);
  const splitLabels = labels.filter((label) => label !== 'le' && label !== '__name__');
  if (/histogram/.test(type)) {
    const family = name.replace(/_(?:bucket|sum|count)$/, '');
    const [buckets, sum, count] = ['bucket', 'sum', 'count'].map((kind) => seriesSelector(`${family}_${kind}`));
    return [
      { label: 'p95', query: `histogram_quantile(0.95, sum by (le) (rate(${buckets}[${interval}])))` },
      { label: 'Mean', query: `sum(rate(${sum}[${interval}])) / sum(rate(${count}[${interval}]))` },
      { label: 'Observations per second', query: `sum(rate(${count}[${interval}]))` },
      ...splitLabels.map((label) => ({
        label: `p95 by ${label}`,
        query: `histogram_quantile(0.95, sum by (le, ${labelName(label)}) (rate(${buckets}[${interval}])))`,
      })),
    ];
  }
  if (/^counter/.test(type) || /_total$/.test(name)) {
    return [
      { label: 'Per second', query: `sum(rate(${series}[${interval}]))` },
      { label: 'Growth over the range', query: `sum(increase(${series}[$__range]))` },
      ...splitLabels.map((label) => ({
        label: `Per second by ${label}`,
        query: `sum by (${labelName(label)}) (rate(${series}[${interval}]))`,
      })),
    ];
  }
  return [
    { label: 'Current value', query: series },
    { label: 'Highest', query: `max(${series})` },
    { label: 'Sum', query: `sum(${series})` },
    ...splitLabels.map((label) => ({
      label: `Highest by ${label}`,
      query: `max by (${labelName(label)}) (${series})`,
    })),
  ];
}

/** Queries to start from for a metric, by its type. */

interface StarterQuery {
  label: string;
  query: string;
}

const interval = '$__rate_interval';

/** Queries for a metric; the first one fits most. `labels` are those that the result may be split by. */
export function starterQueries(name: string, type: string, labels: readonly string[]): StarterQuery[] {
  const splitLabels = labels.filter((label) => label !== 'le' && label !== '__name__');
  if (/histogram/.test(type)) {
    const family = name.replace(/_(?:bucket|sum|count)$/, '');
    return [
      { label: 'p95', query: `histogram_quantile(0.95, sum by (le) (rate(${family}_bucket[${interval}])))` },
      { label: 'Mean', query: `sum(rate(${family}_sum[${interval}])) / sum(rate(${family}_count[${interval}]))` },
      { label: 'Observations per second', query: `sum(rate(${family}_count[${interval}]))` },
      ...splitLabels.map((label) => ({
        label: `p95 by ${label}`,
        query: `histogram_quantile(0.95, sum by (le, ${label}) (rate(${family}_bucket[${interval}])))`,
      })),
    ];
  }
  if (/^counter/.test(type) || /_total$/.test(name)) {
    return [
      { label: 'Per second', query: `sum(rate(${name}[${interval}]))` },
      { label: 'Growth over the range', query: `sum(increase(${name}[$__range]))` },
      ...splitLabels.map((label) => ({
        label: `Per second by ${label}`,
        query: `sum by (${label}) (rate(${name}[${interval}]))`,
      })),
    ];
  }
  return [
    { label: 'Current value', query: name },
    { label: 'Highest', query: `max(${name})` },
    { label: 'Sum', query: `sum(${name})` },
    ...splitLabels.map((label) => ({ label: `Highest by ${label}`, query: `max by (${label}) (${name})` })),
  ];
}

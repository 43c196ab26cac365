/** Queries to begin with for a metric, by its type. */

export interface StarterQuery {
  label: string;
  query: string;
}

const w = '$__rate_interval';

/** `labels`: what the result may be split by. The first start is the one to take without asking. */
export function starterQueries(name: string, type: string, labels: readonly string[]): StarterQuery[] {
  const family = name.replace(/_(?:bucket|sum|count)$/, '');
  const by = labels.filter((label) => label !== 'le' && label !== '__name__');
  if (/histogram/.test(type)) {
    return [
      { label: 'p95', query: `histogram_quantile(0.95, sum by (le) (rate(${family}_bucket[${w}])))` },
      { label: 'Mean', query: `sum(rate(${family}_sum[${w}])) / sum(rate(${family}_count[${w}]))` },
      { label: 'Observations per second', query: `sum(rate(${family}_count[${w}]))` },
      ...by.map((label) => ({
        label: `p95 by ${label}`,
        query: `histogram_quantile(0.95, sum by (le, ${label}) (rate(${family}_bucket[${w}])))`,
      })),
    ];
  }
  if (/^counter/.test(type) || /_total$/.test(name)) {
    return [
      { label: 'Per second', query: `sum(rate(${name}[${w}]))` },
      { label: 'Growth over the range', query: `sum(increase(${name}[$__range]))` },
      ...by.map((label) => ({ label: `Per second by ${label}`, query: `sum by (${label}) (rate(${name}[${w}]))` })),
    ];
  }
  return [
    { label: 'As it is', query: name },
    { label: 'Highest', query: `max(${name})` },
    { label: 'Sum', query: `sum(${name})` },
    ...by.map((label) => ({ label: `Highest by ${label}`, query: `max by (${label}) (${name})` })),
  ];
}

/** Rows of the HTTP servers in front of the engines. Only the servers' own `/metrics` have them. */
import { histogram } from './histogramRows';
import { rate, ratio } from './rowBuilders';
import type { CatalogRow } from './types';

const common = { category: 'server', subject: 'server' } as const;

/**
 * Requests without a route of their own share one handler, and the histogram has none, so that SkyRL Metrics' own
 * requests cannot be left out.
 */
const ownRequests = 'It counts the GET requests in which SkyRL Metrics asks whether the server sleeps or is paused.';

/** Sizes are summaries without quantiles: their sums and counts are read. */
const bodySize = (direction: 'request' | 'response', label: string): CatalogRow[] => [
  rate({
    ...common,
    id: `http_${direction}_bytes_s`,
    selector: { family: `http_${direction}_size_bytes`, sampleKind: 'sum' },
    label: `${label}, bytes`,
    shortLabel: `${direction} bytes`,
    unit: 'bytes/s',
    help: `Bytes of the ${label} per second, by their Content-Length; bodies without one count nothing. ${ownRequests}`,
  }),
  ratio({
    ...common,
    id: `http_${direction}_bytes_avg`,
    numerator: { family: `http_${direction}_size_bytes`, sampleKind: 'sum' },
    denominator: { family: `http_${direction}_size_bytes`, sampleKind: 'count' },
    label: `${label}, mean size`,
    shortLabel: `${direction} size`,
    unit: 'bytes',
    help: `Bytes of one body of the ${label}, mean of the rate window; bodies without a Content-Length count as 0. ${ownRequests}`,
  }),
];

export const server: readonly CatalogRow[] = [
  rate({
    ...common,
    id: 'http_requests_s',
    selector: 'http_requests',
    label: 'HTTP requests',
    shortLabel: 'requests',
    unit: 'requests/s',
    help: `Responses of the HTTP servers per second. ${ownRequests}`,
  }),
  ratio({
    ...common,
    id: 'http_5xx_share',
    numerator: { family: 'http_requests', where: { status: '5xx' } },
    denominator: 'http_requests',
    label: 'Answers with 5xx',
    shortLabel: '5xx',
    unit: 'fraction',
    worst: 'high',
    help: `Share of the HTTP responses that are server errors. ${ownRequests}`,
    thresholds: { warning: 0.001, error: 0.01, source: 'vLLM’s own dashboard (overview)' },
  }),
  ...histogram({
    ...common,
    base: 'http_seconds',
    // The family with handlers has bounds up to 1 s only.
    family: 'http_request_duration_highr_seconds',
    label: 'HTTP request',
    shortLabel: 'HTTP',
    unit: 'seconds',
    help: `How long an HTTP response took. ${ownRequests}`,
  }),
  ...bodySize('request', 'HTTP requests'),
  ...bodySize('response', 'HTTP responses'),
];

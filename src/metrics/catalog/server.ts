/** Rows of the HTTP servers in front of the engines. Only the servers' own `/metrics` have them. */
import { histogram } from './histogramRows';
import { rate, ratio } from './rowBuilders';
import type { CatalogRow } from './types';

const common = { category: 'server', subject: 'server' } as const;

export const server: readonly CatalogRow[] = [
  rate({
    ...common,
    id: 'http_requests_s',
    selector: 'http_requests',
    label: 'HTTP requests',
    shortLabel: 'requests',
    unit: 'requests/s',
    help: 'Responses of the HTTP servers per second.',
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
    help: 'Share of the HTTP responses that are server errors.',
    thresholds: { warning: 0.001, error: 0.01, source: 'vLLM’s own dashboard (overview)' },
  }),
  ...histogram({
    ...common,
    base: 'http_seconds',
    family: 'http_request_duration_seconds',
    label: 'HTTP request',
    shortLabel: 'HTTP',
    unit: 'seconds',
    help: 'How long an HTTP response took.',
  }),
];

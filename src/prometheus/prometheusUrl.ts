/** Addresses of a Prometheus: the base of its API, and pages of its web interface. */
import { allowedUrl } from '../http/addressRules';
import { HttpError } from '../http/httpGet';
import { kubernetesProxyPath } from '../http/kubernetesPath';
import { grafanaSourcePath } from './grafanaPage';

/** What follows `/api/v1/` in Prometheus's own API, as opposed to that of Kubernetes. */
const apiPaths = [
  'query|query_range|query_exemplars|format_query|parse_query|series|labels|label|metadata|exemplars',
  'targets|scrape_pools|rules|alerts|alertmanagers|status|features|notifications|admin',
  'write|remote_write|read|remote_read|otlp|receive|import',
].join('|');
const webPages = [
  'graph|query|targets|alerts|rules|status|config|flags|tsdb-status|service-discovery|agent|stores',
  'alertmanager-discovery|features|metrics|federate',
  '-/ready|-/healthy',
].join('|');

/**
 * Ends of addresses that people copy from the address bar or from instructions, and what the base has in their place.
 * The first that matches applies.
 */
const pastedPaths: readonly (readonly [RegExp, string])[] = [
  // Mimir and Cortex take samples beside their query API; Grafana Cloud shows the address to push to first.
  [/\/api\/v1\/push$/, '/prometheus'],
  [/\/api\/prom\/push$/, '/api/prom'],
  // VictoriaMetrics's cluster has one path to write and one to query.
  [/\/insert\/([^/]+)\/prometheus(?:\/.*)?$/, '/select/$1/prometheus'],
  [/\/select\/([^/]+)\/(?:prometheus\/)?vmui$/, '/select/$1/prometheus'],
  [/\/vmui$/, ''],
  // A data source's page in Grafana, which is its proxy, too.
  [
    /\/(?:connections\/)?datasources\/edit\/([^/]+)(?:\/(?:dashboards|permissions|insights|cache))?$/,
    '/api/datasources/proxy/uid/$1',
  ],
  kubernetesProxyPath,
  [new RegExp(`/api/v1(?:/(?:${apiPaths})(?:/.*)?)?$`), ''],
  // The console of OpenShift passes the API on beside its pages.
  [/\/monitoring\/(?:query-browser|graph|targets|alerts|alertrules|dashboards)(?:\/.*)?$/, '/api/prometheus'],
  [new RegExp(`/(?:classic/|new/)?(?:${webPages})$`), ''],
];

const trimSlashes = (path: string): string => path.replace(/\/+$/, '');

function basePath(path: string): string {
  const trimmed = trimSlashes(path);
  const [pattern, base] = pastedPaths.find(([end]) => end.test(trimmed)) ?? [];
  return pattern ? trimSlashes(trimmed.replace(pattern, base ?? '')) : trimmed;
}

/**
 * The base URL of the API, to which `/api/v1` is added. A prefix path is kept, also that of a proxy; paths of pages, of
 * calls and for writing become the base; trailing slashes are removed; a host without a scheme is http. `typedByUser`: it is in the user's own settings, so a link-local
 * address is intended. Throws an HttpError (`not-allowed`).
 */
export function prometheusBase(text: string, typedByUser = false): string {
  const trimmed = text.trim();
  const url = allowedUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`, typedByUser);
  if (url.username !== '' || url.password !== '')
    throw new HttpError('not-allowed', 'a URL holds no password: SkyRL: Set Token for Prometheus keeps it safe');
  return `${url.origin}${grafanaSourcePath(url) ?? basePath(url.pathname)}`;
}

/** The origin that a token is kept for. */
export const originOf = (base: string): string => new URL(base).origin;

/** `a b+c` as `a%20b%2Bc`: some pages take `+` for itself, and browsers encode `'`. */
const encode = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll("'", '%27');

/** The server's own page for a query: a table at `at` (Unix ms), or a graph of the `rangeMs` before it. */
export function pageUrl(
  base: string,
  query: string,
  { at, rangeMs }: { at?: number | undefined; rangeMs?: number | undefined },
): string {
  const isGraph = rangeMs !== undefined;
  const time = at === undefined ? undefined : new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  const parameters = [
    ['g0.expr', query],
    ['g0.tab', isGraph ? '0' : '1'],
    ...(isGraph ? [['g0.range_input', `${Math.max(1, Math.round(rangeMs / 1000))}s`] as const] : []),
    ...(time === undefined ? [] : [[isGraph ? 'g0.end_input' : 'g0.moment_input', time] as const]),
  ] as const;
  return `${base}/graph?${parameters.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`;
}

/** A base as it can be opened in a browser whose tunnel to the server's origin has the address `externalOrigin`. */
export function externalBase(base: string, externalOrigin: string): string {
  return `${trimSlashes(externalOrigin)}${trimSlashes(new URL(base).pathname)}`;
}

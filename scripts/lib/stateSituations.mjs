/** Situations in which the Engine metrics view shows no metrics, by state: files, settings, and a server that answers. */
import { createServer } from 'node:http';
import { atEnd } from './cleanup.mjs';

/**
 * @typedef {object} Situation
 * @property {string} state of `src/shared/states.ts`, with the place behind a dot
 * @property {Record<string, unknown>} [settings] of the workspace
 * @property {Record<string, unknown>} [machine] settings of the machine
 * @property {Record<string, string>} [files]
 */

const config = (/** @type {string[]} */ ...lines) =>
  [
    'generator:',
    '  inference_engine:',
    '    backend: vllm',
    '    num_engines: 4',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n');

const one = { 'config/grpo.yaml': config() };
/** Nothing listens there. */
const closed = 'http://127.0.0.1:1';

/** @typedef {(url: URL) => { status: number, type?: string, body: string } | undefined} Answer undefined: it never answers */

/** By first part of the path: what the server answers. @type {Record<string, Answer>} */
const answers = {
  token: () => ({ status: 401, body: 'token required' }),
  denied: () => ({ status: 403, body: 'denied' }),
  page: () => ({ status: 200, type: 'text/html', body: '<html></html>' }),
  empty: () => ({ status: 200, type: 'text/plain', body: '# TYPE up gauge\nup 1\n' }),
  silent: () => undefined,
  router: () => ({ status: 404, body: 'Not Found' }),
  unreachable: (url) => dashboard(url, ['node-1.cluster.invalid:8080', 'node-2.cluster.invalid:8080']),
  bare: (url) => dashboard(url, []),
};

/** @param {URL} url @param {string[]} targets */
function dashboard({ pathname }, targets) {
  const json = (/** @type {unknown} */ value) => ({
    status: 200,
    type: 'application/json',
    body: JSON.stringify(value),
  });
  if (pathname.endsWith('/api/version'))
    return json({ version: '4', ray_version: '2.57.0', session_name: 'session_1' });
  if (pathname.endsWith('/api/prometheus/sd')) return json([{ labels: { job: 'ray' }, targets }]);
  return json({ result: true, data: { summary: [], actors: {} } });
}

/** Starts the server; resolves to its URL. @returns {Promise<string>} */
export async function startAnswers() {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://server');
    const answer = answers[url.pathname.split('/')[1] ?? '']?.(url);
    if (!answer) return;
    response.writeHead(answer.status, { 'Content-Type': answer.type ?? 'text/plain' }).end(answer.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

/** In the order of the table. @param {string} url of the server @returns {Situation[]} */
export const situations = (url) => [
  { state: 'no-config' },
  { state: 'several-configs', files: { ...one, 'config/dapo.yaml': config() } },
  {
    state: 'stats-off',
    files: { 'config/grpo.yaml': config('enable_ray_prometheus_stats: false') },
    settings: { 'skyrl.ray.dashboardUrl': `${url}/bare` },
  },
  { state: 'path-unsupported', files: { 'config/grpo.yaml': config('run_engines_locally: false') } },
  { state: 'no-run-found.here', files: one },
  { state: 'no-run-found.empty', files: one, settings: { 'skyrl.ray.dashboardUrl': `${url}/bare` } },
  { state: 'nodes-not-reachable', files: one, settings: { 'skyrl.ray.dashboardUrl': `${url}/unreachable` } },
  { state: 'refused', files: one, settings: { 'skyrl.ray.dashboardUrl': closed } },
  {
    state: 'name-not-resolved',
    files: one,
    settings: { 'skyrl.ray.dashboardUrl': 'http://head.cluster.invalid:8265' },
  },
  {
    state: 'time-out',
    files: one,
    settings: { 'skyrl.ray.dashboardUrl': `${url}/silent`, 'skyrl.scrape.timeout': 1 },
  },
  { state: 'proxy-failed', files: one, machine: { 'skyrl.proxy': 'socks5://127.0.0.1:1' } },
  { state: 'unauthorised', files: one, settings: { 'skyrl.ray.dashboardUrl': `${url}/token` } },
  { state: 'forbidden', files: one, settings: { 'skyrl.ray.dashboardUrl': `${url}/denied` } },
  { state: 'failed', files: one, settings: { 'skyrl.endpoints': [`${url}/page`] } },
  { state: 'no-engine-series', files: one, settings: { 'skyrl.endpoints': [`${url}/empty`] } },
  {
    state: 'router-only',
    files: { 'config/grpo.yaml': config('run_engines_locally: false', `external_proxy_url: ${url}/router`) },
  },
  {
    state: 'prometheus-failed',
    files: one,
    settings: { 'skyrl.source': 'prometheus', 'skyrl.prometheus.url': closed },
  },
];

/** Servers that answer as clusters in trouble do, for the pictures of states. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { atEnd } from './cleanup.mjs';
import { startDemonstration } from './demonstration.mjs';
import { root } from './paths.mjs';
import { findPrometheus, startPrometheus, startPrometheusOn } from './prometheus.mjs';
import { temporaryDir } from './temporary.mjs';
import { until } from './waiting.mjs';

/**
 * @typedef {object} StateServers
 * @property {string} url of the server whose answer depends on the first part of the path
 * @property {string} tlsUrl of the same with a certificate that was signed by none
 * @property {string} proxyUrl of a SOCKS proxy that connects to nothing
 * @property {string} emptyPrometheus URL of a Prometheus that scrapes no engines
 * @property {string} oldPrometheus URL of a Prometheus that scrapes the engines of its samples no more
 * @property {() => void} startSession lets the Ray of `/nodes` start anew
 */

/** @typedef {{ status: number, type?: string, body: string | Buffer }} Answer */

const fixtures = join(root, 'test', 'fixtures');
const json = (/** @type {unknown} */ value) => ({ status: 200, type: 'application/json', body: JSON.stringify(value) });
const text = (/** @type {string | Buffer} */ body) => ({ status: 200, type: 'text/plain', body });
const unpack = async (/** @type {string} */ file) => gunzipSync(await readFile(join(fixtures, file)));

/** Larger than what is read of a target. */
const tooManyBytes = 40 * 2 ** 20;

/** Starts all of them; they end with this process. @returns {Promise<StateServers>} */
export async function startStateServers() {
  const engine = await unpack('vllm-0.32-native/02-load.prom.gz');
  const node = String(await unpack('ray-2.57/01-load-node0.prom.gz'));
  let session = 1;
  /** @param {URL} url @param {readonly string[]} targets @param {string} version */
  const dashboard = ({ pathname }, targets, version = '2.57.0') => {
    if (pathname.endsWith('/api/version'))
      return json({ version: '4', ray_version: version, session_name: `session_${session}` });
    if (pathname.endsWith('/api/prometheus/sd')) return json([{ labels: { job: 'ray' }, targets }]);
    return json({ result: true, data: { summary: [], actors: {} } });
  };
  /** By first part of the path: what the server answers; undefined: nothing, ever. @type {Record<string, (url: URL) => Answer | undefined>} */
  const answers = {
    token: () => ({ status: 401, body: 'token required' }),
    denied: () => ({ status: 403, body: 'denied' }),
    page: () => ({ status: 200, type: 'text/html', body: '<html></html>' }),
    empty: () => text('# TYPE up gauge\nup 1\n'),
    engine: () => text(engine),
    huge: () => text(Buffer.alloc(tooManyBytes, 'vllm:num_requests_running{engine="0"} 1\n')),
    silent: () => undefined,
    router: () => ({ status: 404, body: 'Not Found' }),
    unreachable: (url) => dashboard(url, ['node-1.cluster.invalid:8080', 'node-2.cluster.invalid:8080']),
    bare: (url) => dashboard(url, []),
    reader: (url) => dashboard(url, [url.host], '2.56.0'),
    nodes: (url) => dashboard(url, [url.host]),
    metrics: () => text(node.replace(/SessionName="[^"]*"/g, `SessionName="session_${session}"`)),
  };
  /** @type {import('node:http').RequestListener} */
  const answer = (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const { status, type = 'text/plain', body } = answers[url.pathname.split('/')[1] ?? '']?.(url) ?? {};
    if (status !== undefined) response.writeHead(status, { 'Content-Type': type }).end(body);
  };
  const { emptyPrometheus, oldPrometheus } = await startPrometheusServers();
  return {
    url: `http://${await listen(createServer(answer))}`,
    tlsUrl: `https://${await listen(createTlsServer(await makeCertificate(), answer))}`,
    proxyUrl: `socks5://${await listen(createTcpServer(refuseAll))}`,
    emptyPrometheus,
    oldPrometheus,
    startSession: () => void session++,
  };
}

/** A Prometheus without engines, and one that goes on with the samples of another, which become old. */
async function startPrometheusServers() {
  const found = await findPrometheus();
  if ('reason' in found) throw new Error(found.reason);
  const nothing = 'http://127.0.0.1:1';
  const emptyPrometheus = await startPrometheusOn(found.path, nothing);
  const { dashboard } = await startDemonstration();
  const folder = await temporaryDir('skyrl-prometheus-');
  const scraping = await startPrometheus(found.path, dashboard, folder);
  const query = encodeURIComponent('count({__name__=~"ray_vllm_.*generation_tokens.*"})');
  await until(
    async () => {
      const answer = await fetch(`${scraping.url}/api/v1/query?query=${query}`);
      return JSON.stringify(await answer.json()).includes('"value"') ? true : undefined;
    },
    60_000,
    'samples of engines in Prometheus',
    1_000,
  );
  // One that ends in good order leaves no marks that its series have ended.
  await scraping.stop();
  const { url: oldPrometheus } = await startPrometheus(found.path, nothing, folder);
  return { emptyPrometheus, oldPrometheus };
}

/** @param {import('node:net').Server} server @returns {Promise<string>} host and port */
async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  atEnd(async () => {
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no port');
  return `127.0.0.1:${address.port}`;
}

/** A certificate for 127.0.0.1 that no authority signed. */
async function makeCertificate() {
  const folder = await temporaryDir('skyrl-certificate-');
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
  await promisify(execFile)('openssl', ['req', '-x509', ...options, '-keyout', key, '-out', cert]);
  return { key: await readFile(key), cert: await readFile(cert) };
}

/**
 * A SOCKS5 proxy (RFC 1928) whose far end refuses every connection.
 * @param {import('node:net').Socket} socket
 */
function refuseAll(socket) {
  socket.on('error', () => undefined);
  socket.once('data', () => {
    socket.write(Buffer.from([5, 0]));
    socket.once('data', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
  });
}

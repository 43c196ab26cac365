/** Proxies and certificates of the real client: for the dashboard and Prometheus, not for targets. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createProxy, type IncomingMessage } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createSender } from '../../../src/prometheus/sender';
import { createHttpClient, type HttpClient } from '../../../src/http/httpClient';
import { noNetworkSettings, trustedCertificates, type NetworkSettings } from '../../../src/http/networkSettings';
import { serve, text, type FixtureServer } from '../../demonstration/index';
import { skip } from '../../vscode/skip';

const options = { signal: new AbortController().signal, timeoutMs: 3000, maxBytes: 1e5 };

describe('a proxy', () => {
  let settings: NetworkSettings = noNetworkSettings;
  let client: HttpClient;
  let proxy: FixtureServer;
  beforeEach(async () => {
    settings = noNetworkSettings;
    client = createHttpClient(
      () => 0,
      () => settings,
    );
    proxy = await serve(() => text(200, 'by the proxy'));
  });
  afterEach(async () => {
    await client.close();
    await proxy.close();
  });
  const proxiedUrls = (): string[] => proxy.requests.map(({ url }) => url);

  it('gets requests of the dashboard as plain http, with its own password', async () => {
    settings = { ...noNetworkSettings, httpProxy: proxy.url, proxyAuthorization: 'Basic abc' };
    const { bytes } = await client.get('http://dashboard.test:8265/api/version', {
      ...options,
      useProxy: true,
      headers: { authorization: 'Bearer t' },
    });
    assert.equal(bytes, 'by the proxy'.length);
    assert.deepEqual(proxiedUrls(), ['http://dashboard.test:8265/api/version']);
    assert.deepEqual(
      [proxy.requests[0]?.headers['proxy-authorization'], proxy.requests[0]?.headers.authorization],
      ['Basic abc', 'Bearer t'],
    );
  });

  it('gets no request to a target', async () => {
    settings = { ...noNetworkSettings, httpProxy: proxy.url };
    await assert.rejects(client.get('http://node.invalid:1/metrics', options), { kind: 'name-not-resolved' });
    assert.deepEqual(proxiedUrls(), []);
  });

  it('gets requests to Prometheus, except to hosts that NO_PROXY names', async () => {
    settings = { ...noNetworkSettings, httpProxy: proxy.url, noProxy: '.invalid' };
    const sender = createSender(() => settings);
    const ask = (url: string): Promise<unknown> =>
      sender.send({
        url,
        method: 'POST',
        form: 'query=1',
        headers: {},
        signal: options.signal,
        timeoutMs: 3000,
        typedByUser: false,
      });
    await ask('http://prometheus.test:9090/api/v1/query');
    await assert.rejects(ask('http://prometheus.invalid:9090/api/v1/query'), { kind: 'name-not-resolved' });
    assert.deepEqual(proxiedUrls(), ['http://prometheus.test:9090/api/v1/query']);
    await sender.close();
  });

  it('gets no request to this machine or to hosts that NO_PROXY names', async () => {
    const dashboard = await serve(() => text(200, 'direct'));
    settings = { ...noNetworkSettings, httpProxy: proxy.url, noProxy: 'other.test, .invalid' };
    await client.get(dashboard.url, { ...options, useProxy: true });
    await client.get(dashboard.url.replace('127.0.0.1', 'localhost'), { ...options, useProxy: true });
    assert.equal(dashboard.requests.length, 2);
    await assert.rejects(client.get('http://dashboard.invalid:1/', { ...options, useProxy: true }), {
      kind: 'name-not-resolved',
    });
    assert.deepEqual(proxiedUrls(), []);
    await dashboard.close();
  });

  it('is used from the next request on when the settings change', async () => {
    await assert.rejects(client.get('http://dashboard.invalid:1/', { ...options, useProxy: true }));
    settings = { ...noNetworkSettings, httpProxy: proxy.url };
    await client.get('http://dashboard.invalid:1/', { ...options, useProxy: true });
    assert.equal(proxiedUrls().length, 1);
  });

  it('that requires a password or does not answer is reported', async () => {
    settings = { ...noNetworkSettings, httpProxy: proxy.url };
    await proxy.fault({ kind: 'status', status: 407 });
    await assert.rejects(
      client.get('http://dashboard.test/', { ...options, useProxy: true }),
      (error: Error) => error.name === 'HttpError' && /proxy/i.test(error.message),
    );
    await proxy.fault({ kind: 'refuse' });
    await assert.rejects(client.get('http://dashboard.test/', { ...options, useProxy: true }), { kind: 'refused' });
  });

  it('in this process’s environment counts only if the settings have it', async () => {
    const before = process.env['HTTP_PROXY'];
    process.env['HTTP_PROXY'] = proxy.url;
    await assert.rejects(client.get('http://dashboard.invalid:1/', { ...options, useProxy: true }), {
      kind: 'name-not-resolved',
    });
    if (before === undefined) Reflect.deleteProperty(process.env, 'HTTP_PROXY');
    else process.env['HTTP_PROXY'] = before;
    assert.deepEqual(proxiedUrls(), []);
  });

  it('opens a tunnel for https', async () => {
    const tunnels: string[] = [];
    const tunnel = createProxy((_request: IncomingMessage, response) => response.end());
    tunnel.on('connect', ({ url = '' }, socket) => {
      tunnels.push(url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
    settings = { ...noNetworkSettings, httpsProxy: `http://127.0.0.1:${(tunnel.address() as AddressInfo).port}` };
    await assert.rejects(client.get('https://dashboard.test/', { ...options, useProxy: true }), { name: 'HttpError' });
    assert.deepEqual(tunnels, ['dashboard.test:443']);
    await new Promise((resolve) => tunnel.close(resolve));
  });
});

describe('a certificate', () => {
  let folder = '';
  let url = '';
  let pem = '';
  let close: () => Promise<unknown> = () => Promise.resolve();
  const original = (tls as { getCACertificates?: unknown }).getCACertificates;
  const client = (settings: Partial<NetworkSettings>): HttpClient =>
    createHttpClient(
      () => 0,
      () => ({ ...noNetworkSettings, ...settings }),
    );
  const ask = async (settings: Partial<NetworkSettings>, more = {}): Promise<number> => {
    const one = client(settings);
    try {
      return (await one.get(url, { ...options, ...more })).bytes;
    } finally {
      await one.close();
    }
  };

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), 'skyrl-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    try {
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-keyout',
          key,
          '-out',
          cert,
          '-days',
          '2',
          '-subj',
          '/CN=localhost',
          '-addext',
          'subjectAltName=IP:127.0.0.1',
        ],
        { stdio: 'ignore' },
      );
    } catch {
      skip(this, 'no openssl to make a certificate with');
    }
    pem = readFileSync(cert, 'utf8');
    const server = createSecure({ key: readFileSync(key), cert: pem }, (_request, response) => response.end('secure'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    close = () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      });
  });
  afterEach(() => Object.assign(tls, { getCACertificates: original }));
  after(async () => {
    await close();
    rmSync(folder, { recursive: true });
  });

  it('that is not trusted is refused', async () => {
    await assert.rejects(ask({ systemCertificates: false }), { kind: 'certificate-not-trusted' });
  });

  it('of the operating system is trusted, also for Prometheus', async () => {
    Object.assign(tls, { getCACertificates: (type: string) => (type === 'system' ? [pem] : []) });
    assert.equal(await ask({}), 'secure'.length);
    await assert.rejects(ask({ systemCertificates: false }), { kind: 'certificate-not-trusted' });
    const sender = createSender(() => noNetworkSettings);
    const sent = await sender.send({
      url,
      method: 'GET',
      headers: {},
      signal: options.signal,
      timeoutMs: 3000,
      typedByUser: false,
    });
    assert.equal(sent.body.toString(), 'secure');
    await sender.close();
  });

  it('of the operating system is not known to an older Node, whose own list counts', () => {
    Object.assign(tls, { getCACertificates: undefined });
    assert.equal(trustedCertificates(noNetworkSettings), undefined);
  });

  it('is not checked for the dashboard if http.proxyStrictSSL is off, but always for targets', async () => {
    assert.equal(await ask({ strictSsl: false, systemCertificates: false }, { useProxy: true }), 'secure'.length);
    await assert.rejects(ask({ strictSsl: false, systemCertificates: false }), { kind: 'certificate-not-trusted' });
  });
});

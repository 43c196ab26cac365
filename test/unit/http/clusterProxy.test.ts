/** skyrl.proxy: every request to the cluster by a SOCKS5 or HTTP proxy, and the words if that fails. */
import { strict as assert } from 'node:assert';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { createHttpClient, type HttpClient } from '../../../src/http/httpClient';
import type { HttpError } from '../../../src/http/httpGet';
import { noNetworkSettings } from '../../../src/http/networkSettings';
import { serve, text, type FixtureServer } from '../../demonstration/index';
import { skip } from '../../vscode/skip';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { startSocksProxy, type AskedHost } from '../support/socksProxy';

const options = { signal: new AbortController().signal, timeoutMs: 3000, maxBytes: 1e5 };
const hasMicrosocks = spawnSync('microsocks', ['-h']).error === undefined;

describe('the proxy to the cluster', () => {
  let clusterProxy = '';
  let client: HttpClient;
  let server: FixtureServer;
  const closers: (() => unknown)[] = [];

  beforeEach(async () => {
    client = createHttpClient(
      () => 0,
      () => ({
        ...noNetworkSettings,
        httpProxy: 'http://127.0.0.1:1',
        noProxy: '*',
        proxyAuthorization: 'Basic of-vscode',
        clusterProxy,
      }),
    );
    server = await serve(() => text(200, 'a 1\n'));
  });
  afterEach(async () => {
    await client.close();
    await server.close();
    for (const close of closers.splice(0)) close();
  });

  async function listen(onConnection: Parameters<typeof createServer>[1]): Promise<number> {
    const listener: Server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      closers.push(() => socket.destroy());
      onConnection?.(socket);
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    closers.push(() => listener.close());
    return (listener.address() as AddressInfo).port;
  }

  async function socksServer(asked: AskedHost[]): Promise<string> {
    const proxy = await startSocksProxy(asked);
    closers.push(proxy.close);
    return proxy.url;
  }

  async function microsocks(...args: string[]): Promise<string> {
    const port = await freePort();
    const child: ChildProcess = spawn('microsocks', ['-i', '127.0.0.1', '-p', String(port), ...args]);
    closers.push(() => child.kill());
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const isUp = await new Promise<boolean>((resolve) => {
        const probe = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
        closers.push(() => probe.destroy());
      });
      if (isUp) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return `127.0.0.1:${port}`;
  }

  const rejectsWith = (url: string, kind: string, message: RegExp): Promise<void> =>
    assert.rejects(client.get(url, { ...options, timeoutMs: 1500 }), (error: HttpError) => {
      assert.equal(error.kind, kind, error.message);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });

  it('gets nodes and the dashboard, names and loopback too, and resolves names at the far end', async () => {
    const asked: AskedHost[] = [];
    clusterProxy = await socksServer(asked);
    for (const host of ['node.of.the.cluster', '127.0.0.1', 'localhost', '[fd00::7]'])
      assert.equal(
        (await client.get(`http://${host}:${server.port}/metrics`, { ...options, useProxy: true })).bytes,
        4,
      );
    assert.deepEqual(asked, [
      [3, 'node.of.the.cluster'],
      [1, '7f000001'],
      [3, 'localhost'],
      [4, 'fd000000000000000000000000000007'],
    ]);
    assert.equal(server.requests[0]?.headers.host, `node.of.the.cluster:${server.port}`);
  });

  it('contacts no link-local address either', async () => {
    clusterProxy = await socksServer([]);
    await rejectsWith('http://169.254.169.254/', 'not-allowed', /metadata/);
  });

  it('may be an HTTP proxy', async () => {
    const proxy = await serve(() => text(200, 'by the proxy'));
    closers.push(() => proxy.close());
    clusterProxy = proxy.url.replace('//', '//me:secret@');
    assert.equal((await client.get('http://node.cluster:1/metrics', options)).bytes, 'by the proxy'.length);
    const credentials = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    assert.equal(proxy.requests[0]?.headers['proxy-authorization'], credentials);
    assert.deepEqual(
      proxy.requests.map(({ url }) => url),
      ['http://node.cluster:1/metrics'],
    );
    await proxy.fault({ kind: 'status', status: 407 });
    await rejectsWith('http://node.cluster:1/metrics', 'proxy-failed', /user name and password/);
    for (const [status, kind, message] of [
      ['502 Bad Gateway', 'unreachable', /could not connect to the host \(HTTP 502\)/],
      ['407 Proxy Authentication Required', 'proxy-failed', /user name and password/],
    ] as const) {
      const port = await listen((socket) =>
        socket.once('data', () => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`)),
      );
      clusterProxy = `http://127.0.0.1:${port}`;
      await rejectsWith('https://node.cluster:1/metrics', kind, message);
    }
  });

  it('has words if nothing listens, if it does not answer, and if it is no proxy', async () => {
    clusterProxy = `socks5://user:secret@127.0.0.1:${await freePort()}`;
    await rejectsWith(
      'http://node:1/',
      'proxy-failed',
      /proxy socks5:\/\/127\.0\.0\.1:\d+ cannot be reached: connection refused/,
    );
    clusterProxy = `http://user:secret@127.0.0.1:${await freePort()}`;
    await rejectsWith('http://node:1/', 'proxy-failed', /cannot be reached: connection refused/);
    clusterProxy = `socks5://user:secret@127.0.0.1:${await listen(() => undefined)}`;
    await rejectsWith(
      'http://node:1/',
      'time-out',
      /no answer within 1\.5 s by the proxy socks5:\/\/127\.0\.0\.1:\d+$/,
    );
    clusterProxy = `socks5://127.0.0.1:${await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))}`;
    await rejectsWith('http://node:1/', 'proxy-failed', /not a SOCKS5 proxy/);
    for (const wrong of ['ftp://127.0.0.1', 'nonsense']) {
      clusterProxy = wrong;
      await rejectsWith('http://node:1/', 'proxy-failed', /not a socks5, http or https address/);
    }
  });

  describe('as a real SOCKS server', () => {
    before(function () {
      if (!hasMicrosocks) skip(this, 'microsocks is not installed');
    });

    it('reaches a node by its name', async () => {
      clusterProxy = `socks5://${await microsocks()}`;
      assert.equal((await client.get(`http://localhost:${server.port}/metrics`, options)).bytes, 4);
    });

    it('has words if the far end is down or its name is not known there', async () => {
      clusterProxy = `socks5://${await microsocks()}`;
      await rejectsWith(`http://127.0.0.1:${await freePort()}/`, 'refused', /connection refused, says the proxy/);
      await rejectsWith('http://node.invalid/', 'unreachable', /the proxy/);
    });

    it('asks for a user name and a password', async () => {
      const address = await microsocks('-u', 'me', '-P', 'secret');
      clusterProxy = `socks5://me:secret@${address}`;
      assert.equal((await client.get(server.url, options)).bytes, 4);
      clusterProxy = `socks5://me:secret2@${address}`;
      await rejectsWith(server.url, 'proxy-failed', /refuses the user name and password/);
      clusterProxy = `socks5://${address}`;
      await rejectsWith(server.url, 'proxy-failed', /requires a user name and a password/);
    });
  });
});

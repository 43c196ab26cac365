/** What was checked is what is connected to: through redirects, proxies, new connections and IPv6 literals. */
import { strict as assert } from 'node:assert';
import dns from 'node:dns';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createHttpClient, type HttpClient } from '../../../src/http/httpClient';
import { noNetworkSettings, type NetworkSettings } from '../../../src/http/networkSettings';
import { rawServer, type RawServer } from './rawServer';

const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 4\r\n\r\na 1\n';
const redirect =
  'HTTP/1.1 307 Temporary Redirect\r\nLocation: /metrics/\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

describe('the addresses of a name', () => {
  const { lookup } = dns;
  const closing: (() => Promise<unknown>)[] = [];
  let lookups = 0;

  /** Answers each lookup of a name with the next of these addresses, the last one again and again. */
  function rebind(...addresses: string[]): void {
    lookups = 0;
    const fake = (_name: string, _options: unknown, callback: (error: null, found: object[]) => void): void => {
      const address = addresses[Math.min(lookups++, addresses.length - 1)] ?? '';
      callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
    };
    Object.assign(dns, { lookup: fake });
  }

  afterEach(async () => {
    Object.assign(dns, { lookup });
    await Promise.all(closing.splice(0).map((close) => close()));
  });

  function open(settings: Partial<NetworkSettings> = {}): HttpClient {
    const client = createHttpClient(Date.now, () => ({ ...noNetworkSettings, ...settings }));
    closing.push(() => client.close());
    return client;
  }

  async function raw(text: () => string): Promise<RawServer> {
    const server = await rawServer((socket) => socket.end(text()));
    closing.push(() => server.close());
    return server;
  }

  const get = (client: HttpClient, url: string, useProxy = false): Promise<unknown> =>
    client.get(url, { signal: new AbortController().signal, timeoutMs: 2000, maxBytes: 1000, useProxy });
  const portOf = ({ url }: RawServer): string => new URL(url).port;

  it('are asked for once per connection, and a second answer is checked again', async () => {
    const server = await raw(() => answer);
    const client = open();
    rebind('127.0.0.1', '169.254.169.254');
    await get(client, `http://head.example:${portOf(server)}/metrics`);
    assert.equal(lookups, 1);
    await assert.rejects(get(client, `http://head.example:${portOf(server)}/metrics`), { kind: 'unreachable' });
    assert.equal(lookups, 2);
  });

  it('are checked again for a redirect, which needs another connection', async () => {
    const server = await raw(() => redirect);
    rebind('127.0.0.1', '::ffff:169.254.169.254');
    await assert.rejects(get(open(), `http://head.example:${portOf(server)}/metrics`), { kind: 'unreachable' });
    assert.equal(lookups, 2);
  });

  it('are the proxy’s to find behind VS Code’s proxy, but literal ones are refused before it is asked', async () => {
    const proxy = await raw(() => answer);
    const client = open({ httpProxy: new URL(proxy.url).origin });
    for (const host of [
      '169.254.169.254',
      '[::ffff:a9fe:a9fe]',
      '[64:ff9b::a9fe:a9fe]',
      '[fd00:ec2::254]',
      '100.100.100.200',
    ])
      await assert.rejects(get(client, `http://${host}/latest`, true), { kind: 'not-allowed' });
    assert.equal(proxy.received(), '');
    rebind('169.254.169.254');
    await get(client, 'http://head.example/', true);
    assert.match(proxy.received(), /head\.example/);
    assert.equal(lookups, 0);
  });

  it('are not asked for if the host is an address, of IPv6 as well', async function () {
    const server = createServer((socket) => socket.once('data', () => socket.end(answer)));
    const isListening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(0, '::1', () => resolve(true));
    });
    if (!isListening) return this.skip();
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    rebind('169.254.169.254');
    await get(open(), `http://[::1]:${(server.address() as AddressInfo).port}/metrics`);
    for (const host of ['[fe80::1]', '[::ffff:169.254.1.1]', '[2002:a9fe:a9fe::1]'])
      await assert.rejects(get(open(), `http://${host}/metrics`), { kind: 'not-allowed' });
  });
});

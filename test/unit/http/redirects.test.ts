/** Redirects: followed within one origin, named in the error otherwise. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createHttpClient, type HttpClient } from '../../../src/http/httpClient';
import type { GetOptions, HttpError } from '../../../src/http/httpGet';
import { serve, text, type Fault, type FixtureServer } from '../../demonstration/index';
import { rawServer } from './rawServer';

const body = 'a 1\nb 2\n';

describe('the HTTP client and redirects', () => {
  let client: HttpClient;
  const opened: { close(): Promise<void> }[] = [];
  beforeEach(() => {
    client = createHttpClient(() => Date.now());
  });
  afterEach(async () => {
    await Promise.all([client.close(), ...opened.splice(0).map((each) => each.close())]);
  });

  const get = async (url: string, options: Partial<GetOptions> = {}): Promise<{ text: string }> => {
    const chunks: Uint8Array[] = [];
    await client.get(url, {
      signal: new AbortController().signal,
      timeoutMs: 2000,
      maxBytes: 1e6,
      onChunk: (chunk) => void chunks.push(Uint8Array.from(chunk)),
      ...options,
    });
    return { text: Buffer.concat(chunks).toString() };
  };

  async function fixture(fault?: Fault): Promise<FixtureServer> {
    const server = await serve(() => text(200, body));
    opened.push(server);
    await server.fault(fault);
    return server;
  }

  for (const status of [301, 302, 303, 307, 308]) {
    it(`does not follow a redirect to another origin (${status}), and names it`, async () => {
      const there = await fixture();
      const here = await fixture({ kind: 'redirect', to: `${there.url}/x?secret=1`, status });
      await assert.rejects(get(here.url), (error: HttpError) => {
        assert.deepEqual([error.kind, error.status], ['not-allowed', status]);
        assert.ok(error.message.includes(`${there.url}/x`), error.message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
      assert.equal(there.requests.length, 0);
    });

    it(`follows a redirect within the origin (${status}) with a GET and the same headers`, async () => {
      const server = await serve(({ pathname }) =>
        pathname === '/metrics' ? text(status, '', { location: '/metrics/' }) : text(200, body),
      );
      opened.push(server);
      assert.equal((await get(`${server.url}/metrics`, { headers: { 'x-test': 'kept' } })).text, body);
      assert.deepEqual(
        server.requests.map(({ method, url, headers }) => [method, url, headers['x-test']]),
        [
          ['GET', '/metrics', 'kept'],
          ['GET', '/metrics/', 'kept'],
        ],
      );
    });
  }

  it('follows the recorded redirect to /metrics/, whose location is a whole URL', async () => {
    const exchange = readFileSync('test/fixtures/redirects/metrics-to-slash.txt', 'utf8');
    const status = Number(/^GET \/metrics .*-> (\d+)/m.exec(exchange)?.[1]);
    const server = await serve(({ pathname }, { host }) =>
      pathname === '/metrics/' ? text(200, body) : text(status, '', { location: `http://${host}/metrics/` }),
    );
    opened.push(server);
    assert.equal((await get(`${server.url}/metrics`)).text, body);
  });

  it('follows at most three redirects', async () => {
    const server = await serve(({ pathname }) => {
      const step = Number(pathname.slice(1));
      return step === 0 ? text(200, body) : text(307, '', { location: `/${step - 1}` });
    });
    opened.push(server);
    assert.equal((await get(`${server.url}/3`)).text, body);
    server.requests.splice(0);
    await assert.rejects(get(`${server.url}/9`), { kind: 'not-allowed', message: /again and again/ });
    assert.equal(server.requests.length, 4);
  });

  for (const location of [undefined, '', 'http://', 'file:///etc/passwd', 'http://169.254.169.254/latest'])
    it(`does not follow a redirect to ${location ?? 'no location'}`, async () => {
      const server = await serve(() => text(302, '', location === undefined ? {} : { location }));
      opened.push(server);
      await assert.rejects(get(server.url), { kind: 'not-allowed', message: /redirects/ });
    });

  it('gives all steps of a redirect one deadline', async () => {
    const server = await rawServer((socket) => {
      setTimeout(() => socket.end('HTTP/1.1 307 x\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n'), 150);
    });
    opened.push(server);
    await assert.rejects(get(server.url, { timeoutMs: 250 }), { kind: 'time-out' });
  });
});

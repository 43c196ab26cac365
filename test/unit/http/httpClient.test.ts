import { strict as assert } from 'node:assert';
import dns from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { GetOptions, HttpError, HttpResponse } from '../../../src/http/httpGet';
import { createHttpClient, type HttpClient } from '../../../src/http/httpClient';
import { serve, text, type Fault, type FixtureServer } from '../../demonstration/index';
import { head, rawServer, type RawServer } from './rawServer';

const body = 'a 1\nb 2\n';

describe('the HTTP client', () => {
  let client: HttpClient;
  const opened: { close(): Promise<void> }[] = [];
  beforeEach(() => {
    client = createHttpClient(() => 1234);
  });
  afterEach(async () => {
    await Promise.all([client.close(), ...opened.splice(0).map((each) => each.close())]);
  });

  const get = (url: string, options: Partial<GetOptions> = {}): Promise<HttpResponse & { text: string }> => {
    const chunks: Uint8Array[] = [];
    const all: GetOptions = {
      signal: new AbortController().signal,
      timeoutMs: 2000,
      maxBytes: 1e6,
      onChunk: (chunk: Uint8Array) => void chunks.push(Uint8Array.from(chunk)),
      ...options,
    };
    return client.get(url, all).then((answer) => ({ ...answer, text: Buffer.concat(chunks).toString() }));
  };

  async function fixture(fault?: Fault): Promise<FixtureServer> {
    const server = await serve(() => text(200, body));
    opened.push(server);
    await server.fault(fault);
    return server;
  }

  async function raw(answer: (socket: Socket) => void): Promise<RawServer> {
    const server = await rawServer(answer);
    opened.push(server);
    return server;
  }

  it('reports bytes, media type and beginning of a complete response', async () => {
    const { url } = await fixture();
    assert.deepEqual(await get(url), {
      at: 1234,
      bytes: body.length,
      mediaType: 'text/plain',
      framed: true,
      text: body,
    });
  });

  // undici issue 5360: with backpressure while the other side closes, it threw where it could not be caught. Which
  // sizes do so depends on the socket's buffers.
  for (const [which, header] of Object.entries({
    'with a length': true,
    'without a length, as of Ray’s agents': false,
  })) {
    it(`reads a body ${which} slowly while the other side closes`, async () => {
      for (const bytes of [120_000, 160_000, 180_000, 240_000]) {
        const length = header ? `Content-Length: ${bytes}\r\n` : '';
        const { url } = await raw((socket) =>
          socket.end(
            `HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n${length}Connection: close\r\n\r\n${'x'.repeat(bytes)}`,
          ),
        );
        const answer = await get(url, { beforeChunk: () => new Promise((resolve) => setTimeout(resolve, 20)) });
        assert.deepEqual([answer.bytes, answer.text.length], [bytes, bytes]);
      }
    });
  }

  it('reports a cancellation or time-out while a chunk is handled, and drops what arrives later', async () => {
    const server = await serve(() => text(200, 'x'.repeat(1_000_000)));
    opened.push(server);
    const cancel = new AbortController();
    const releases: (() => void)[] = [];
    /** Handles a chunk until the test releases it. */
    const hold = (): Promise<void> => new Promise((resolve) => releases.push(resolve));
    const holdAndCancel = (): Promise<void> => {
      cancel.abort();
      return hold();
    };
    let delivered = 0;
    const onChunk = (): void => void (delivered += 1);
    await assert.rejects(get(server.url, { onChunk, beforeChunk: holdAndCancel, signal: cancel.signal }), {
      kind: 'cancelled',
    });
    assert.equal(releases.length, 1);
    // Long enough for the first chunk on a busy machine.
    await assert.rejects(get(server.url, { onChunk, beforeChunk: hold, timeoutMs: 1_500 }), { kind: 'time-out' });
    assert.equal(releases.length, 2);
    for (const release of releases) release();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(delivered, 0);
  });

  it('delivers a chunk only after its pause, and the whole body in the end', async () => {
    const server = await serve(() => text(200, 'x'.repeat(1_000_000)));
    opened.push(server);
    const order: string[] = [];
    let pausing = false;
    const answer = await get(server.url, {
      onChunk: () => {
        assert.ok(!pausing, 'a chunk during a pause');
        order.push('chunk');
      },
      beforeChunk: async () => {
        pausing = true;
        await new Promise((resolve) => setTimeout(resolve, 2));
        pausing = false;
        order.push('pause');
      },
    });
    assert.equal(answer.bytes, 1_000_000);
    assert.ok(
      order.length >= 4 && order.every((each, index) => each === (index % 2 === 0 ? 'pause' : 'chunk')),
      order.join(),
    );
  });

  it('sends GET, our headers and nothing that could carry a secret', async () => {
    const server = await fixture();
    await get(`${server.url}/metrics?x=1`, { headers: { accept: 'text/plain' } });
    const [request] = server.requests;
    assert.deepEqual([request?.method, request?.url, request?.headers.accept], ['GET', '/metrics?x=1', 'text/plain']);
    assert.deepEqual(Object.keys(request?.headers ?? {}).sort(), ['accept', 'connection', 'host']);
  });

  const faults: readonly (readonly [what: string, fault: Fault, kind: string, message: RegExp, status?: number])[] = [
    ['a refused connection', { kind: 'refuse' }, 'refused', /refused/],
    ['a connection that is cut before a response', { kind: 'reset' }, 'cut', /broke off/],
    ['a body that is shorter than announced', { kind: 'cut', framed: true }, 'cut', /broke off/],
    ['a server that never answers', { kind: 'silent' }, 'time-out', /within 0\.2 s/],
    ['a server that answers too late', { kind: 'slow', ms: 5000 }, 'time-out', /within 0\.2 s/],
    ['a slow body that never ends', { kind: 'endless', everyMs: 5, bytes: 16 }, 'time-out', /within 0\.2 s/],
    ['a fast body that never ends', { kind: 'endless', everyMs: 0, bytes: 65_536 }, 'too-large', /larger than 1 MiB/],
    ['a body over the limit', { kind: 'oversize', bytes: 2e6 }, 'too-large', /larger than 1 MiB/],
    ['an HTML page', { kind: 'html' }, 'wrong-type', /text\/html/],
    ['status 500', { kind: 'status', status: 500 }, 'status', /HTTP 500/, 500],
    ['status 404', { kind: 'status', status: 404 }, 'status', /HTTP 404/, 404],
    ['status 204', { kind: 'status', status: 204 }, 'status', /HTTP 204/, 204],
    ['status 401', { kind: 'status', status: 401 }, 'unauthorised', /401/, 401],
    ['status 403', { kind: 'status', status: 403 }, 'forbidden', /403/, 403],
  ];
  for (const [what, fault, kind, message, status] of faults) {
    it(`rejects with ${kind} for ${what}`, async () => {
      const { url } = await fixture(fault);
      const late = kind === 'time-out' ? { timeoutMs: 200 } : {};
      await assert.rejects(
        get(url, { maxBytes: 2 ** 20, acceptType: (type) => type === 'text/plain', ...late }),
        (error: Error & { kind: string; status?: number }) => {
          assert.deepEqual([error.name, error.kind, error.status], ['HttpError', kind, status]);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it('reaches an IPv6 address', async () => {
    const server = createServer((_, response) => response.end(body));
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    opened.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    assert.equal((await get(`http://[::1]:${(server.address() as AddressInfo).port}/metrics`)).text, body);
  });

  it('accepts a body of exactly the limit', async () => {
    const { url } = await fixture();
    assert.equal((await get(url, { maxBytes: body.length })).bytes, body.length);
    await assert.rejects(get(url, { maxBytes: body.length - 1 }), { kind: 'too-large' });
  });

  it('calls a body unframed that ends with its connection: a cut cannot be told from the end', async () => {
    const { url } = await fixture({ kind: 'cut', framed: false, part: 0.8 });
    const { framed, text: came } = await get(url);
    assert.deepEqual([framed, came], [false, body.slice(0, Math.floor(body.length * 0.8))]);
  });

  it('calls a body framed that has a length of 0 or comes in chunks', async () => {
    const empty = await raw((socket) => socket.end(head(0)));
    assert.deepEqual([(await get(empty.url)).framed, (await get(empty.url)).bytes], [true, 0]);
    const chunked = await raw((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
    );
    assert.deepEqual([(await get(chunked.url)).framed, (await get(chunked.url)).text], [true, 'ok']);
  });

  it('rejects with cut for chunks that break off', async () => {
    const { url } = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok'));
    await assert.rejects(get(url), { kind: 'cut' });
  });

  it('rejects with time-out for headers that never end', async () => {
    const { url } = await raw((socket) => socket.write('HTTP/1.1 200 OK\r\nX-Slow: '));
    await assert.rejects(get(url, { timeoutMs: 200 }), { kind: 'time-out' });
  });

  const foreignServers: [what: string, answer: string | Buffer][] = [
    ['SMTP', '220 smtp.example ready\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['TLS', Buffer.from('15030300020246', 'hex')],
    ['HTTP/0.9', 'a 1\nb 2\n'],
    ['Redis', '-ERR wrong number of arguments\r\n'],
  ];
  for (const [what, answer] of foreignServers)
    it(`says that what answers does not speak HTTP (${what})`, async () => {
      const { url } = await raw((socket) => socket.end(answer));
      await assert.rejects(get(url), (error: HttpError) => {
        assert.deepEqual([error.name, error.kind], ['HttpError', 'wrong-type']);
        assert.match(error.message, /does not speak HTTP\/1\.1/);
        return true;
      });
    });

  it('says that what answers does not speak TLS', async () => {
    const { url } = await fixture();
    await assert.rejects(get(url.replace('http:', 'https:')), { kind: 'wrong-type', message: /does not speak TLS/ });
  });

  it('has words for a part of an answer', async () => {
    const { url } = await fixture({ kind: 'status', status: 206 });
    await assert.rejects(get(url), { kind: 'status', status: 206, message: /a part of the answer/ });
  });

  it('accepts a missing media type if the caller does', async () => {
    const { url } = await raw((socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${body}`));
    const answer = await get(url, { acceptType: (type) => type === '' });
    assert.deepEqual([answer.text, answer.mediaType, answer.framed], [body, '', false]);
  });

  describe('resolving names', () => {
    const { lookup } = dns;
    const resolveTo = (...addresses: string[]): void => {
      const fake = (
        _name: string,
        _options: unknown,
        callback: (error: Error | null, found: { address: string; family: number }[]) => void,
      ): void => {
        const error = addresses.length === 0 ? Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }) : null;
        callback(
          error,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      };
      Object.assign(dns, { lookup: fake });
    };
    afterEach(() => {
      Object.assign(dns, { lookup });
    });

    it('rejects with name-not-resolved for an unknown name', async () => {
      resolveTo();
      await assert.rejects(get('http://head.invalid/'), {
        kind: 'name-not-resolved',
        message: 'the host name does not resolve',
      });
    });

    for (const address of ['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254', '100.100.100.200']) {
      it(`does not contact a name that resolves to ${address}`, async () => {
        resolveTo(address);
        await assert.rejects(get('http://metadata.google.internal/', { timeoutMs: 1000 }), { kind: 'unreachable' });
      });
    }

    it('uses the allowed one of two addresses of a name', async () => {
      const { port } = await fixture();
      resolveTo('169.254.169.254', '127.0.0.1');
      assert.equal((await get(`http://head.example:${port}/`)).text, body);
    });
  });

  for (const url of ['http://169.254.169.254/', 'http://[::ffff:a9fe:a9fe]/', 'file:///etc/passwd', 'nonsense']) {
    it(`does not contact ${url}`, () => assert.rejects(get(url), { kind: 'not-allowed' }));
  }

  it('contacts a link-local address that a person typed', async () => {
    await assert.rejects(
      get('http://169.254.250.250:9/', { typedByUser: true, timeoutMs: 200 }),
      (error: Error & { kind: string }) => error.kind !== 'not-allowed',
    );
  });

  it('ends at once when it is cancelled, also in the middle of a body, and closes the connection', async () => {
    const cancel = new AbortController();
    const server = await raw((socket) => socket.write(`${head()}a 1\n`));
    await assert.rejects(get(server.url, { signal: cancel.signal, onChunk: () => cancel.abort() }), {
      kind: 'cancelled',
    });
    await server.idle();
    await assert.rejects(get(server.url, { signal: cancel.signal }), { kind: 'cancelled' });
  });

  it('rejects with what the caller throws at a chunk', async () => {
    const server = await raw((socket) => socket.write(`${head()}a 1\n`));
    await assert.rejects(get(server.url, { onChunk: () => assert.fail('no place left') }), {
      name: 'HttpError',
      message: 'no place left',
    });
    await server.idle();
  });

  it('closes the connection after a body that is too large, a time-out and a refused type', async () => {
    const server = await raw((socket) => socket.write(`${head(10_000)}${'a 1\n'.repeat(100)}`));
    await assert.rejects(get(server.url, { maxBytes: 10 }), { kind: 'too-large' });
    await assert.rejects(get(server.url, { timeoutMs: 100 }), { kind: 'time-out' });
    await assert.rejects(get(server.url, { acceptType: () => false }), { kind: 'wrong-type' });
    await server.idle();
    assert.equal(server.received().split('GET ').length - 1, 3, 'nothing is asked again');
  });

  it('closes idle connections and running requests when it is closed', async () => {
    const kept = await raw((socket) => socket.write(`${head(body.length)}${body}`));
    const running = await raw(() => undefined);
    await get(kept.url);
    assert.equal(kept.open(), 1);
    const silent = assert.rejects(get(running.url), { name: 'HttpError' });
    // The request must be there before it can be ended.
    while (running.received() === '') await new Promise((resolve) => setImmediate(resolve));
    await client.close();
    await silent;
    await Promise.all([kept.idle(), running.idle()]);
    await assert.rejects(get(kept.url), { name: 'HttpError' });
  });

  it('closing what never asked anything is nothing', () => createHttpClient(() => 0).close());
});

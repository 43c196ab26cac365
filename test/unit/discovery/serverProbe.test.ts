import assert from 'node:assert/strict';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import type { DiscoveredServer, ProbeOptions } from '../../../src/discovery/serverFacts';
import { ServerProbe } from '../../../src/discovery/serverProbe';

type Answers = Record<string, unknown>;
const healthy: Answers = {
  '/version': { version: '0.32.0' },
  '/is_sleeping': { is_sleeping: false },
  '/is_paused': { is_paused: true },
  '/weight_info': { weight_version: 'step-3' },
};

/** Servers by base URL. An address without a server refuses, or fails with its host's kind in `fails`. */
function fakeServers(servers: Record<string, Answers>, fails: Record<string, HttpError['kind']> = {}) {
  const asked: string[] = [];
  let now = 1_000_000;
  const get: HttpGet = (url, { onChunk }) => {
    asked.push(url);
    const { origin, pathname, hostname } = new URL(url);
    const server = servers[origin];
    if (!server) return Promise.reject(new HttpError(fails[hostname] ?? 'refused', 'no'));
    if (!(pathname in server)) return Promise.reject(new HttpError('status', 'HTTP 404', 404));
    const answer = server[pathname];
    if (answer instanceof HttpError) return Promise.reject(answer);
    const bytes = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
    onChunk?.(bytes);
    return Promise.resolve({ at: now, bytes: bytes.length, mediaType: '', framed: true });
  };
  const options: ProbeOptions = { get, signal: new AbortController().signal, timeoutMs: 5000, now: () => now };
  return {
    asked,
    options,
    servers,
    pass: (ms: number) => {
      now += ms;
    },
    bases: (seen: readonly DiscoveredServer[]) => seen.map(({ base }) => base),
  };
}

const base = 'http://10.0.0.1:8000';

describe('ServerProbe.probeAll', () => {
  it('reads version, sleeping, paused and weights', async () => {
    const fake = fakeServers({ [base]: healthy });
    const [seen] = await new ServerProbe().probeAll([{ base }], fake.options);
    assert.deepEqual(seen?.facts, { version: '0.32.0', sleeping: false, paused: true, weightVersion: 'step-3' });
  });

  it('leaves out a fact that does not exist (404) and does not ask for it again', async () => {
    const fake = fakeServers({ [base]: { '/version': { version: '0.9' } } });
    const probe = new ServerProbe();
    assert.deepEqual((await probe.probeAll([{ base }], fake.options))[0]?.facts, { version: '0.9' });
    await probe.probeAll([{ base }], fake.options);
    assert.deepEqual(fake.asked.slice(4), [`${base}/version`]);
  });

  it('leaves out a fact of another type and one that fails', async () => {
    const fake = fakeServers({
      [base]: {
        ...healthy,
        '/is_sleeping': { is_sleeping: 'no' },
        '/is_paused': new HttpError('status', 'HTTP 500', 500),
        '/weight_info': [],
      },
    });
    assert.deepEqual((await new ServerProbe().probeAll([{ base }], fake.options))[0]?.facts, { version: '0.32.0' });
  });

  for (const [what, answer] of [
    ['an HTML page', '<!doctype html>'],
    ['incomplete JSON', '{"version": "0.'],
    ['another JSON value', '[1]'],
    ['a missing version', '{}'],
    ['a version that is not a text', '{"version": 5}'],
  ] as const) {
    it(`does not take an address that answers with ${what} for a server, and asks nothing else there`, async () => {
      const fake = fakeServers({ [base]: { ...healthy, '/version': answer } });
      assert.deepEqual(await new ServerProbe().probeAll([{ base }], fake.options), []);
      assert.deepEqual(fake.asked, [`${base}/version`]);
    });
  }

  it('asks an address that refuses less and less often, and at once after forgetFailures', async () => {
    const fake = fakeServers({});
    const probe = new ServerProbe();
    for (let second = 0; second < 600; second += 10) {
      await probe.probeAll([{ base }], fake.options);
      fake.pass(10_000);
    }
    assert.ok(fake.asked.length >= 5 && fake.asked.length <= 8, `${fake.asked.length} requests in ten minutes`);
    const before = fake.asked.length;
    probe.forgetFailures();
    await probe.probeAll([{ base }], fake.options);
    assert.equal(fake.asked.length, before + 1);
  });

  it('keeps the facts of a server that has become slow for a minute', async () => {
    const fake = fakeServers({ [base]: { ...healthy } });
    const probe = new ServerProbe();
    await probe.probeAll([{ base }], fake.options);
    fake.servers[base] = { '/version': new HttpError('time-out', 'no answer') };
    fake.pass(30_000);
    assert.equal((await probe.probeAll([{ base }], fake.options)).length, 1);
    fake.pass(31_000);
    assert.equal((await probe.probeAll([{ base }], fake.options)).length, 0);
  });

  it('drops a server that refuses', async () => {
    const fake = fakeServers({ [base]: healthy });
    const probe = new ServerProbe();
    await probe.probeAll([{ base }], fake.options);
    Reflect.deleteProperty(fake.servers, base);
    assert.deepEqual(await probe.probeAll([{ base }], fake.options), []);
  });
});

describe('ServerProbe.find', () => {
  it('returns the servers that answer, and asks nothing else once all are found', async () => {
    const found = ['http://10.0.0.1:8000', 'http://10.0.0.2:8100'];
    const fake = fakeServers(Object.fromEntries(found.map((at) => [at, healthy])));
    const probe = new ServerProbe();
    assert.deepEqual(fake.bases(await probe.find(['10.0.0.1', '10.0.0.2'], 2, fake.options)), found);
    fake.asked.splice(0);
    fake.pass(400_000);
    await probe.find(['10.0.0.1', '10.0.0.2'], 2, fake.options);
    assert.deepEqual(new Set(fake.asked.map((url) => new URL(url).origin)), new Set(found));
  });

  it('finds a server whose port was taken one port higher', async () => {
    const fake = fakeServers({ 'http://10.0.0.1:8000': { '/version': 'not vLLM' }, 'http://10.0.0.1:8001': healthy });
    assert.deepEqual(fake.bases(await new ServerProbe().find(['10.0.0.1'], 1, fake.options)), ['http://10.0.0.1:8001']);
  });

  it('does not try a second port on a node that cannot be reached', async () => {
    const fake = fakeServers({}, { '10.0.0.1': 'time-out' });
    await new ServerProbe().find(['10.0.0.1'], 1, fake.options);
    assert.deepEqual(fake.asked, ['http://10.0.0.1:8000/version']);
  });

  it('finds a server that is started later', async () => {
    const fake = fakeServers({});
    const probe = new ServerProbe();
    await probe.find(['10.0.0.1'], 1, fake.options);
    fake.servers[base] = healthy;
    fake.pass(10_000);
    assert.deepEqual(fake.bases(await probe.find(['10.0.0.1'], 1, fake.options)), [base]);
  });
});

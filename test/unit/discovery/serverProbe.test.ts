/** vLLM servers on nodes: where they are looked for, what they say, and how seldom those are asked who do not answer. */
import assert from 'node:assert/strict';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import {
  assignFactsToWorkers,
  listServerAddresses,
  ServerProbe,
  type ProbeOptions,
  type DiscoveredServer,
} from '../../../src/discovery/serverProbe';

type Answers = Record<string, unknown>;
const healthy: Answers = {
  '/version': { version: '0.32.0' },
  '/is_sleeping': { is_sleeping: false },
  '/is_paused': { is_paused: true },
  '/weight_info': { weight_version: 'step-3' },
};

/** Servers by base; whoever is not there refuses, or fails as `fails` says. */
function world(servers: Record<string, Answers>, fails: Record<string, HttpError['kind']> = {}) {
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

describe('places of servers', () => {
  it('ports 8000 + 100 k on every node, as many as the config has, never more than 256', () => {
    assert.deepEqual(
      listServerAddresses(['10.0.0.1', 'fd00::1'], 2).map(({ base: at }) => at),
      ['http://10.0.0.1:8000', 'http://[fd00::1]:8000', 'http://10.0.0.1:8100', 'http://[fd00::1]:8100'],
    );
    assert.equal(
      listServerAddresses(
        Array.from({ length: 64 }, (_, node) => `10.0.1.${node}`),
        64,
      ).length,
      256,
    );
    assert.equal(listServerAddresses(['10.0.0.1'], 1e9).length, 256);
  });
});

describe('what a server says of itself', () => {
  it('version, asleep, paused, weights', async () => {
    const w = world({ [base]: healthy });
    const [seen] = await new ServerProbe().probeAll([{ base }], w.options);
    assert.deepEqual(seen?.facts, { version: '0.32.0', sleeping: false, paused: true, weightVersion: 'step-3' });
  });

  it('what it has no answer for (404) is missing, and is not asked again', async () => {
    const w = world({ [base]: { '/version': { version: '0.9' } } });
    const watch = new ServerProbe();
    assert.deepEqual((await watch.probeAll([{ base }], w.options))[0]?.facts, { version: '0.9' });
    await watch.probeAll([{ base }], w.options);
    assert.deepEqual(w.asked.slice(4), [`${base}/version`]);
  });

  it('a fact of another type, a failing one: missing', async () => {
    const w = world({
      [base]: {
        ...healthy,
        '/is_sleeping': { is_sleeping: 'no' },
        '/is_paused': new HttpError('status', 'HTTP 500', 500),
        '/weight_info': [],
      },
    });
    assert.deepEqual((await new ServerProbe().probeAll([{ base }], w.options))[0]?.facts, { version: '0.32.0' });
  });

  for (const [what, answer] of [
    ['a page', '<!doctype html>'],
    ['half JSON', '{"version": "0.'],
    ['JSON of another kind', '[1]'],
    ['no version', '{}'],
    ['a version that is none', '{"version": 5}'],
  ] as const) {
    it(`${what} instead of a version: no server, and nothing else is asked of it`, async () => {
      const w = world({ [base]: { ...healthy, '/version': answer } });
      assert.deepEqual(await new ServerProbe().probeAll([{ base }], w.options), []);
      assert.deepEqual(w.asked, [`${base}/version`]);
    });
  }

  it('who refuses is asked less and less often, and at once when failures are forgotten', async () => {
    const w = world({});
    const watch = new ServerProbe();
    for (let second = 0; second < 600; second += 10) {
      await watch.probeAll([{ base }], w.options);
      w.pass(10_000);
    }
    assert.ok(w.asked.length >= 5 && w.asked.length <= 8, `${w.asked.length} requests in ten minutes`);
    const before = w.asked.length;
    watch.forgetFailures();
    await watch.probeAll([{ base }], w.options);
    assert.equal(w.asked.length, before + 1);
  });

  it('a server that is only slow now keeps what it said, for a minute', async () => {
    const w = world({ [base]: { ...healthy } });
    const watch = new ServerProbe();
    await watch.probeAll([{ base }], w.options);
    w.servers[base] = { '/version': new HttpError('time-out', 'no answer') };
    w.pass(30_000);
    assert.equal((await watch.probeAll([{ base }], w.options)).length, 1);
    w.pass(31_000);
    assert.equal((await watch.probeAll([{ base }], w.options)).length, 0);
  });

  it('a server that refuses now says nothing any more', async () => {
    const w = world({ [base]: healthy });
    const watch = new ServerProbe();
    await watch.probeAll([{ base }], w.options);
    Reflect.deleteProperty(w.servers, base);
    assert.deepEqual(await watch.probeAll([{ base }], w.options), []);
  });
});

describe('looking for servers on nodes', () => {
  it('those that answer; once all are found nobody else is asked', async () => {
    const found = ['http://10.0.0.1:8000', 'http://10.0.0.2:8100'];
    const w = world(Object.fromEntries(found.map((at) => [at, healthy])));
    const watch = new ServerProbe();
    assert.deepEqual(w.bases(await watch.find(['10.0.0.1', '10.0.0.2'], 2, w.options)), found);
    w.asked.splice(0);
    w.pass(400_000);
    await watch.find(['10.0.0.1', '10.0.0.2'], 2, w.options);
    assert.deepEqual(new Set(w.asked.map((url) => new URL(url).origin)), new Set(found));
  });

  it('a server whose port was taken is found one port on', async () => {
    const w = world({ 'http://10.0.0.1:8000': { '/version': 'not vLLM' }, 'http://10.0.0.1:8001': healthy });
    assert.deepEqual(w.bases(await new ServerProbe().find(['10.0.0.1'], 1, w.options)), ['http://10.0.0.1:8001']);
  });

  it('a node that cannot be reached is not asked at a second port', async () => {
    const w = world({}, { '10.0.0.1': 'time-out' });
    await new ServerProbe().find(['10.0.0.1'], 1, w.options);
    assert.deepEqual(w.asked, ['http://10.0.0.1:8000/version']);
  });

  it('one that comes later is found', async () => {
    const w = world({});
    const watch = new ServerProbe();
    await watch.find(['10.0.0.1'], 1, w.options);
    w.servers[base] = healthy;
    w.pass(10_000);
    assert.deepEqual(w.bases(await watch.find(['10.0.0.1'], 1, w.options)), [base]);
  });
});

describe('what servers say, laid to workers', () => {
  const seen = (at: string, facts: DiscoveredServer['facts']): DiscoveredServer => ({ base: at, at: 0, facts });
  const workers = new Map([
    ['10.0.0.1', ['w1']],
    ['10.0.0.2', ['w2', 'w3']],
  ]);

  it('one server and one worker on a node belong together', () => {
    assert.deepEqual(
      [...assignFactsToWorkers([seen(base, { sleeping: true })], workers)],
      [['w1', { sleeping: true }]],
    );
  });

  it('several: only what all of them say', () => {
    const all = [
      seen('http://10.0.0.2:8000', { sleeping: true, paused: true, version: '1' }),
      seen('http://10.0.0.2:8100', { sleeping: true, paused: false, version: '1' }),
    ];
    assert.deepEqual(
      [...assignFactsToWorkers(all, workers)],
      [
        ['w2', { sleeping: true, version: '1' }],
        ['w3', { sleeping: true, version: '1' }],
      ],
    );
  });

  it('more workers than servers, or a node without workers: nobody’s', () => {
    assert.equal(
      assignFactsToWorkers(
        [seen('http://10.0.0.2:8000', { sleeping: true }), seen('http://10.0.0.9:8000', { sleeping: true })],
        workers,
      ).size,
      0,
    );
  });
});

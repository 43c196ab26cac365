import { strict as assert } from 'node:assert';
import type { Fault } from '../../demonstration/http/faults';
import type { FixtureServer } from '../../demonstration/http/server';
import { startNodeAgent } from '../../demonstration/parts/nodeAgent';
import { ask } from './fetching';

const body = Buffer.from(`# TYPE a gauge\n${'a 1.0\n'.repeat(5000)}`);

const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

describe('faults', () => {
  let agent: FixtureServer;
  beforeEach(async () => {
    agent = await startNodeAgent(() => body);
  });
  afterEach(() => agent.close());
  const get = (): ReturnType<typeof ask> => ask(`${agent.url}/metrics`);

  it('closes the port and opens the same again', async () => {
    await agent.fault({ kind: 'refuse' });
    await assert.rejects(get(), { code: 'ECONNREFUSED' });
    await agent.fault(undefined);
    assert.ok((await get()).body.equals(body));
    await assert.rejects(agent.fault({ kind: 'refuse' }, '/metrics'));
  });

  it('closes the port while requests run', async () => {
    await agent.fault({ kind: 'silent' });
    const running = get();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await agent.fault({ kind: 'refuse' });
    await assert.rejects(running, { code: 'ECONNRESET' });
  });

  it('holds for one path only where one is given', async () => {
    await agent.fault({ kind: 'status', status: 503 }, '/metrics');
    assert.equal((await get()).status, 503);
    assert.equal((await ask(`${agent.url}/`)).status, 200);
    await agent.fault(undefined, '/metrics');
    assert.equal((await get()).status, 200);
  });

  const whole: [fault: Fault, status: number, type: string, check: (body: Buffer) => boolean][] = [
    [{ kind: 'status', status: 500 }, 500, 'text/plain; charset=utf-8', (got) => got.length > 0],
    [{ kind: 'html' }, 200, 'text/html; charset=utf-8', (got) => got.includes('<html>')],
    [
      { kind: 'oversize', bytes: 3_000_000 },
      200,
      metricsType,
      (got) => got.length >= 3_000_000 && got.subarray(0, body.length).equals(body),
    ],
    [{ kind: 'redirect', to: 'http://127.0.0.2:1/metrics' }, 302, 'undefined', (got) => got.length === 0],
    [{ kind: 'garbage' }, 200, metricsType, (got) => got.length === 65_536 && got.includes(0)],
    [{ kind: 'body', body: 'b 2\n' }, 200, metricsType, (got) => got.toString() === 'b 2\n'],
  ];
  for (const [fault, status, type, check] of whole) {
    it(`answers with ${fault.kind}`, async () => {
      await agent.fault(fault);
      const answer = await get();
      assert.deepEqual([answer.status, answer.type, answer.complete], [status, type, true]);
      assert.ok(check(answer.body));
    });
  }

  it('cuts a body that has a length', async () => {
    await agent.fault({ kind: 'cut', framed: true });
    const answer = await get();
    assert.equal(answer.headers['content-length'], String(body.length));
    assert.equal(answer.complete, false);
    assert.ok(answer.body.length < body.length);
  });

  it('cuts a body that has none, so that it looks whole', async () => {
    await agent.fault({ kind: 'cut', framed: false, part: 0.25 });
    const { headers, complete, body: got } = await get();
    assert.deepEqual([headers['content-length'], headers['transfer-encoding']], [undefined, undefined]);
    assert.equal(complete, true);
    assert.equal(got.length, Math.floor(body.length / 4));
  });

  it('never ends, slowly or as fast as it is read', async () => {
    await agent.fault({ kind: 'endless', everyMs: 5 });
    assert.equal((await ask(`${agent.url}/metrics`, { stopAfter: body.length + 3000 })).complete, false);
    await agent.fault({ kind: 'endless', everyMs: 0, bytes: 65_536 });
    assert.ok((await ask(`${agent.url}/metrics`, { stopAfter: 20_000_000 })).body.length >= 20_000_000);
  });

  it('is slow, and cuts before any answer', async () => {
    await agent.fault({ kind: 'slow', ms: 80 });
    const start = Date.now();
    assert.ok((await get()).body.equals(body));
    assert.ok(Date.now() - start >= 75);
    await agent.fault({ kind: 'reset' });
    await assert.rejects(get(), { code: 'ECONNRESET' });
  });

  it('records what was asked, faults or not', async () => {
    await agent.fault({ kind: 'status', status: 500 }, '/metrics');
    await ask(`${agent.url}/metrics?x=1`, { headers: { Authorization: 'Bearer t' } });
    const [asked] = agent.requests;
    assert.deepEqual([asked?.method, asked?.url, asked?.headers.authorization], ['GET', '/metrics?x=1', 'Bearer t']);
    assert.ok(Math.abs(Date.now() - (asked?.at ?? 0)) < 5000);
  });
});

/** Faults of the demonstration's servers. */
import { strict as assert } from 'node:assert';
import type { Fault } from '../../demonstration/http/faults';
import type { FixtureServer } from '../../demonstration/http/server';
import { startNodeAgent } from '../../demonstration/cluster/nodeAgent';
import { httpRequest } from './httpRequest';

const body = Buffer.from(`# TYPE a gauge\n${'a 1.0\n'.repeat(5000)}`);

const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

describe('A server with a fault', () => {
  let agent: FixtureServer;
  beforeEach(async () => {
    agent = await startNodeAgent(() => body);
  });
  afterEach(() => agent.close());
  const get = (): ReturnType<typeof httpRequest> => httpRequest(`${agent.url}/metrics`);

  it('closes its port and opens the same port again', async () => {
    await agent.fault({ kind: 'refuse' });
    await assert.rejects(get(), { code: 'ECONNREFUSED' });
    await agent.fault(undefined);
    assert.ok((await get()).body.equals(body));
    await assert.rejects(agent.fault({ kind: 'refuse' }, '/metrics'));
  });

  it('closes its port while it has open requests', async () => {
    await agent.fault({ kind: 'silent' });
    const openRequest = get();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await agent.fault({ kind: 'refuse' });
    await assert.rejects(openRequest, { code: 'ECONNRESET' });
  });

  it('can have it for one path only', async () => {
    await agent.fault({ kind: 'status', status: 503 }, '/metrics');
    assert.equal((await get()).status, 503);
    assert.equal((await httpRequest(`${agent.url}/`)).status, 200);
    await agent.fault(undefined, '/metrics');
    assert.equal((await get()).status, 200);
  });

  const completeAnswers: [fault: Fault, status: number, type: string, isExpected: (body: Buffer) => boolean][] = [
    [{ kind: 'status', status: 500 }, 500, 'text/plain; charset=utf-8', (received) => received.length > 0],
    [{ kind: 'html' }, 200, 'text/html; charset=utf-8', (received) => received.includes('<html>')],
    [
      { kind: 'oversize', bytes: 3_000_000 },
      200,
      metricsType,
      (received) => received.length >= 3_000_000 && received.subarray(0, body.length).equals(body),
    ],
    [{ kind: 'redirect', to: 'http://127.0.0.2:1/metrics' }, 302, 'undefined', (received) => received.length === 0],
    [{ kind: 'garbage' }, 200, metricsType, (received) => received.length === 65_536 && received.includes(0)],
    [{ kind: 'body', body: 'b 2\n' }, 200, metricsType, (received) => received.toString() === 'b 2\n'],
  ];
  for (const [fault, status, type, isExpected] of completeAnswers) {
    it(`gives a complete answer for ${fault.kind}`, async () => {
      await agent.fault(fault);
      const answer = await get();
      assert.deepEqual([answer.status, answer.type, answer.complete], [status, type, true]);
      assert.ok(isExpected(answer.body));
    });
  }

  it('cuts off a body that has a length', async () => {
    await agent.fault({ kind: 'cut', framed: true });
    const answer = await get();
    assert.equal(answer.headers['content-length'], String(body.length));
    assert.equal(answer.complete, false);
    assert.ok(answer.body.length < body.length);
  });

  it('cuts off a body without a length, so that it seems complete', async () => {
    await agent.fault({ kind: 'cut', framed: false, part: 0.25 });
    const { headers, complete, body: received } = await get();
    assert.deepEqual([headers['content-length'], headers['transfer-encoding']], [undefined, undefined]);
    assert.equal(complete, true);
    assert.equal(received.length, Math.floor(body.length / 4));
  });

  it('sends a body without end, slowly or as fast as it is read', async () => {
    await agent.fault({ kind: 'endless', everyMs: 5 });
    assert.equal((await httpRequest(`${agent.url}/metrics`, { stopAfter: body.length + 3000 })).complete, false);
    await agent.fault({ kind: 'endless', everyMs: 0, bytes: 65_536 });
    assert.ok((await httpRequest(`${agent.url}/metrics`, { stopAfter: 20_000_000 })).body.length >= 20_000_000);
  });

  it('answers late, or closes the connection before any answer', async () => {
    await agent.fault({ kind: 'slow', ms: 80 });
    const start = Date.now();
    assert.ok((await get()).body.equals(body));
    assert.ok(Date.now() - start >= 75);
    await agent.fault({ kind: 'reset' });
    await assert.rejects(get(), { code: 'ECONNRESET' });
  });

  it('logs requests with and without faults', async () => {
    await agent.fault({ kind: 'status', status: 500 }, '/metrics');
    await httpRequest(`${agent.url}/metrics?x=1`, { headers: { Authorization: 'Bearer t' } });
    const [request] = agent.requests;
    assert.deepEqual(
      [request?.method, request?.url, request?.headers.authorization],
      ['GET', '/metrics?x=1', 'Bearer t'],
    );
    assert.ok(Math.abs(Date.now() - (request?.at ?? 0)) < 5000);
  });
});

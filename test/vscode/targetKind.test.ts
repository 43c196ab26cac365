/** Routers, Dynamo workers and frontends, told apart in a real VS Code. */
import assert from 'node:assert/strict';
import { serverBodies, serve, text } from '../demonstration/index';
import { activate, configure } from './support';

describe('the kind of a target', () => {
  it('is recognized by its metric families', async () => {
    const api = await activate();
    const [router, worker, frontend] = await Promise.all(
      [serverBodies.router(), serverBodies.dynamoWorker(3), serverBodies.dynamoFrontend(3)].map((body) =>
        serve(({ pathname }) => (pathname === '/metrics' ? text(200, body) : text(404, ''))),
      ),
    );
    await configure({ endpoints: [router?.url, worker?.url, frontend?.url], 'ray.dashboardUrl': 'http://127.0.0.1:1' });
    const { targets, engines, findings } = await api.scrape();
    assert.deepEqual(
      targets.map(({ kind, about, state }) => [kind, about, state]),
      [
        ['router', 'a vLLM router', 'empty'],
        ['dynamo', 'a Dynamo worker with LMCache', 'ok'],
        ['router', 'a Dynamo frontend', 'empty'],
      ],
    );
    assert.equal(engines.filter(({ state }) => state !== 'gone' && state !== 'dead').length, 1);
    assert.equal(findings.filter(({ id }) => id === 'router-not-engine').length, 2);
    await configure();
    for (const server of [router, worker, frontend]) await server?.close();
  });
});

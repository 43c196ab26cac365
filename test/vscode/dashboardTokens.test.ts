/** A dashboard that requires a token, in a real VS Code: which token is sent where, and what is shown without one. */
import assert from 'node:assert/strict';
import type { Api } from '../../src/api';
import { replay, type FixtureServer, type Replay } from '../demonstration/index';
import {
  activate,
  executeCommand,
  configure,
  setEnvironment,
  localConfig,
  readConnectionReport,
  setSetting,
  waitForState,
  writeFile,
} from './support';

const secret = 'tok-0815-for-this-test';

describe('a dashboard that requires a token', () => {
  let api: Api;
  let cluster: Replay;
  let restore: () => void = () => undefined;
  const sentAuthorizations = (server: FixtureServer): unknown[] => [
    ...new Set(server.requests.map(({ headers }) => headers.authorization)),
  ];

  before(async () => {
    api = await activate();
    cluster = await replay({ recording: 'ray-2.57', token: secret });
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
    await executeCommand('skyrl.selectConfig', {
      uri: await writeFile('config/one.yaml', localConfig('num_engines: 3')),
    });
  });
  beforeEach(() => cluster.forgetRequests());
  afterEach(async () => {
    restore();
    restore = () => undefined;
    for (const { requests } of cluster.nodes)
      assert.ok(!JSON.stringify(requests).includes(secret), 'a node got the token');
    assert.ok(!JSON.stringify([api.snapshot, api.status]).includes(secret));
    assert.ok(!(await readConnectionReport()).includes(secret));
    await executeCommand('skyrl.clearToken', { origin: cluster.dashboard.url });
  });
  after(async () => {
    await configure();
    await cluster.close();
  });

  it('is unauthorised without one, and offers to set it', async () => {
    await api.scrape();
    const { message } = await waitForState(api, 'unauthorised', /401/);
    assert.match(message, new RegExp(cluster.dashboard.url));
    assert.deepEqual(sentAuthorizations(cluster.dashboard), [undefined]);
    assert.match(await readConnectionReport(), /Token: none found, none sent/);
  });

  it('is forbidden with a wrong one', async () => {
    assert.equal(
      await executeCommand('skyrl.setToken', { origin: `${cluster.dashboard.url}/`, token: 'wrong' }),
      cluster.dashboard.url,
    );
    await api.scrape();
    await waitForState(api, 'forbidden', /403/);
  });

  it('names its nodes and actors with the right one, which only it gets, until the token is cleared', async () => {
    await executeCommand('skyrl.setToken', { origin: cluster.dashboard.url, token: ` ${secret}\n` });
    const { targets, engines } = await api.scrape();
    assert.deepEqual(
      targets.map(({ state }) => state),
      ['ok', 'ok'],
    );
    assert.ok(engines.some(({ job, startedAt }) => job === '01000000' && startedAt !== undefined));
    assert.deepEqual(sentAuthorizations(cluster.dashboard), [`Bearer ${secret}`]);
    assert.match(await readConnectionReport(), /Token: sent, given by SkyRL: Set Dashboard Token/);
    await executeCommand('skyrl.clearToken', { origin: cluster.dashboard.url });
    await api.scrape();
    await waitForState(api, 'unauthorised');
  });

  it('does not get the token of another origin', async () => {
    await executeCommand('skyrl.setToken', { origin: 'http://127.0.0.1:1', token: secret });
    await api.scrape();
    await waitForState(api, 'unauthorised');
    assert.deepEqual(sentAuthorizations(cluster.dashboard), [undefined]);
    await executeCommand('skyrl.clearToken', { origin: 'http://127.0.0.1:1' });
  });

  it('gets the token of RAY_AUTH_TOKEN if RAY_ADDRESS names its port of this machine', async () => {
    restore = setEnvironment({ RAY_AUTH_TOKEN: secret, RAY_ADDRESS: cluster.dashboard.url });
    assert.equal((await api.scrape()).targets.length, 2);
    assert.match(await readConnectionReport(), /Token: sent, from RAY_AUTH_TOKEN/);
  });

  it('does not get the token of RAY_AUTH_TOKEN if only this workspace names it', async () => {
    restore = setEnvironment({ RAY_AUTH_TOKEN: secret });
    await api.scrape();
    await waitForState(api, 'unauthorised', /only this workspace names/);
    assert.deepEqual(sentAuthorizations(cluster.dashboard), [undefined]);
    await setSetting('ray.dashboardUrl', 'http://skyrl-dashboard.invalid:8265');
    await api.scrape();
    await waitForState(api, 'name-not-resolved');
    assert.match(await readConnectionReport(), /found in RAY_AUTH_TOKEN, not sent/);
    await setSetting('ray.dashboardUrl', cluster.dashboard.url);
  });

  it('needs a valid address and token, and says so', async () => {
    await assert.rejects(executeCommand('skyrl.setToken', { origin: 'file:///etc', token: 'x' }), /http or https/);
    await assert.rejects(
      executeCommand('skyrl.setToken', { origin: cluster.dashboard.url, token: 'two words' }),
      /one word/,
    );
  });
});

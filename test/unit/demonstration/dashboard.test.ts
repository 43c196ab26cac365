/** The demonstration's dashboard. */
import { strict as assert } from 'node:assert';
import { startDashboard, type Dashboard, type DashboardOptions } from '../../demonstration/cluster/dashboard';
import { getJson, httpRequest } from './httpRequest';

describe('The demonstration’s dashboard', () => {
  let dashboard: Dashboard;
  let requestCount = 0;
  const start = async (options: DashboardOptions = {}): Promise<void> => {
    requestCount = 0;
    dashboard = await startDashboard(
      {
        version: () => ({ ray_version: '2.57.0' }),
        serviceDiscovery: () => [],
        nodeSummary: () => ({ requestCount: ++requestCount }),
        actors: () => ({ requestCount: ++requestCount }),
      },
      options,
    );
  };
  afterEach(() => dashboard.close());
  const statusOf = async (path: string, headers?: Record<string, string>): Promise<number> =>
    (await httpRequest(`${dashboard.url}${path}`, headers ? { headers } : {})).status;

  it('answers with what it computed at the request before, like Ray 2.57', async () => {
    await start({ cached: true });
    const answers: unknown[] = [];
    for (let request = 0; request < 3; request += 1) answers.push(await getJson(`${dashboard.url}/nodes?view=summary`));
    assert.deepEqual(answers, [{ requestCount: 1 }, { requestCount: 1 }, { requestCount: 2 }]);
  });

  it('answers with present values without that option', async () => {
    await start();
    await getJson(`${dashboard.url}/logical/actors`);
    assert.deepEqual(await getJson(`${dashboard.url}/logical/actors`), { requestCount: 2 });
  });

  it('has no service discovery if told so, like older Ray', async () => {
    await start({ withoutServiceDiscovery: true });
    assert.equal(await statusOf('/api/prometheus/sd'), 404);
    assert.equal(await statusOf('/api/version'), 200);
  });

  it('requires its token, which may change', async () => {
    await start({ token: 'right' });
    const missing = await httpRequest(`${dashboard.url}/api/version`);
    assert.deepEqual([missing.status, missing.body.toString()], [401, 'Unauthorized: Missing authentication token']);
    const wrong = await httpRequest(`${dashboard.url}/api/version`, { headers: { Authorization: 'Bearer wrong' } });
    assert.deepEqual([wrong.status, wrong.body.toString()], [403, 'Forbidden: Invalid authentication token']);
    for (const headers of [
      { Authorization: 'Bearer right' },
      { 'X-Ray-Authorization': 'Bearer right' },
      { Cookie: 'a=b; ray-authentication-token=right' },
    ]) {
      assert.equal(await statusOf('/nodes?view=summary', headers as Record<string, string>), 200);
    }
    assert.equal(await statusOf('/api/gcs_healthz'), 200);
    dashboard.options.token = undefined;
    assert.equal(await statusOf('/api/version'), 200);
  });
});

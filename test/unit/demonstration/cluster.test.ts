/** The demonstration's cluster. */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { replay } from '../../demonstration/replay/replay';
import { httpRequest } from './httpRequest';

describe('The demonstration’s cluster', () => {
  it('logs the requests to all of its servers, and leaves nothing behind', async () => {
    const cluster = await replay({ recording: 'ray-2.57' });
    await httpRequest(`${cluster.dashboard.url}/api/version`);
    await httpRequest(`${cluster.nodes[1]?.url}/metrics`);
    assert.deepEqual(
      cluster.requests().map(({ url }) => url),
      ['/api/version', '/metrics'],
    );
    cluster.forgetRequests();
    assert.deepEqual(cluster.requests(), []);
    await cluster.close();
    assert.ok(!existsSync(cluster.rayTmpDir.path));
    await assert.rejects(httpRequest(cluster.dashboard.url), { code: 'ECONNREFUSED' });
  });
});

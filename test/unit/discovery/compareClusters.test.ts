/** Which of two clusters is shown: the service-discovery file's or the dashboard's. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { compareClusters, type ClusterVerdict } from '../../../src/discovery/compareClusters';
import type { RayInfo } from '../../../src/discovery/dashboard';
import type { DashboardOrigin } from '../../../src/discovery/dashboardAddress';
import { parseDiscoveryList, type DiscoveryFile } from '../../../src/discovery/discoveryFile';
import { runToEnd } from '../../../src/shared/timeSlice';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(`test/fixtures/clusters/shared-tmp-ray/${name}`, 'utf8'));
const fileTargets = runToEnd(parseDiscoveryList(fixture('prom_metrics_service_discovery.json'), 'file'));
const dashboardTargets = runToEnd(parseDiscoveryList(fixture('api_prometheus_sd.json'), 'dashboard'));
const { session_name: session } = fixture('api_version.json') as { session_name: string };

interface Situation {
  dashboard?: DashboardOrigin;
  folder?: DiscoveryFile['origin'];
  fileSession?: string;
  ray?: RayInfo;
  isReachable?: boolean;
  /** Undefined: the dashboard does not answer with a list. */
  list?: typeof dashboardTargets | undefined;
}

async function compare(situation: Situation): Promise<ClusterVerdict & { listRequests: number }> {
  const { dashboard = 'default', folder = 'default', fileSession, isReachable = true } = situation;
  let listRequests = 0;
  const verdict = await compareClusters({
    file: {
      path: '/tmp/ray/prom_metrics_service_discovery.json',
      writtenAt: 0,
      isFresh: true,
      targets: fileTargets,
      origin: folder,
      ...(fileSession !== undefined && { session: fileSession }),
    },
    address: { url: 'http://10.20.0.7:8265', configuredBy: dashboard },
    ray: situation.ray ?? { version: '2.56.0', session },
    isReachable,
    fetchList: async () => {
      listRequests += 1;
      const list = 'list' in situation ? situation.list : dashboardTargets;
      return list ? { result: list } : {};
    },
  });
  return { ...verdict, listRequests };
}

describe('file and dashboard of two clusters', () => {
  it('are decided by the dashboard that a person named', async () => {
    for (const dashboard of ['setting', 'RAY_ADDRESS'] as const)
      for (const folder of ['default', 'script', 'RAY_TMPDIR'] as const) {
        const verdict = await compare({ dashboard, folder });
        assert.deepEqual([verdict.use, verdict.conflict], ['dashboard', undefined], `${dashboard} ${folder}`);
        assert.match(verdict.reason, /is of another Ray cluster and is not used/);
      }
  });

  it('are decided by the folder that a person named if the dashboard is a guess', async () => {
    const verdict = await compare({ folder: 'RAY_TMPDIR', fileSession: 'session_b' });
    assert.deepEqual([verdict.use, verdict.isDashboardOfAnotherCluster, verdict.listRequests], ['file', true, 0]);
    assert.deepEqual(verdict.conflict, {
      shown: 'file',
      isGuess: false,
      dashboardUrl: 'http://10.20.0.7:8265',
      filePath: '/tmp/ray/prom_metrics_service_discovery.json',
      dashboardSession: session,
      fileSession: 'session_b',
    });
  });

  it('are decided by a person’s folder before a script’s dashboard', async () => {
    assert.equal((await compare({ dashboard: 'script', folder: 'RAY_TMPDIR' })).use, 'file');
    assert.equal((await compare({ dashboard: 'script', folder: 'script' })).use, 'dashboard');
    assert.equal((await compare({ dashboard: 'script' })).use, 'dashboard');
  });

  it('are the dashboard’s, and a guess, if neither was named', async () => {
    const verdict = await compare({ fileSession: 'session_b' });
    assert.deepEqual(
      [verdict.use, verdict.conflict?.shown, verdict.conflict?.isGuess],
      ['dashboard', 'dashboard', true],
    );
  });
});

describe('file and dashboard of one cluster', () => {
  it('are known by the session, without a request for the list', async () => {
    const verdict = await compare({ dashboard: 'setting', fileSession: session });
    assert.deepEqual([verdict.use, verdict.listRequests, verdict.conflict], ['file', 0, undefined]);
  });

  it('are known by a common target if the file is in no session’s folder', async () => {
    const verdict = await compare({ dashboard: 'setting', list: [...dashboardTargets, ...fileTargets] });
    assert.deepEqual([verdict.use, verdict.listRequests], ['file', 1]);
  });
});

describe('a file of which nothing shows the cluster', () => {
  const table: [expected: ClusterVerdict['use'], Situation][] = [
    ['file', { list: undefined }],
    ['file', { isReachable: false }],
    ['dashboard', { dashboard: 'setting', list: undefined }],
    ['dashboard', { dashboard: 'setting', isReachable: false }],
    ['dashboard', { dashboard: 'setting', folder: 'script', isReachable: false }],
    ['file', { dashboard: 'setting', folder: 'RAY_TMPDIR', isReachable: false }],
    ['dashboard', { dashboard: 'script', isReachable: false }],
    ['file', { dashboard: 'script', folder: 'script', isReachable: false }],
    ['dashboard', { dashboard: 'RAY_ADDRESS', list: [] }],
  ];
  for (const [expected, situation] of table)
    it(`leaves it to the ${expected} if ${JSON.stringify(situation)}`, async () => {
      const verdict = await compare({ ray: {}, ...situation });
      assert.deepEqual([verdict.use, verdict.conflict], [expected, undefined]);
    });
});

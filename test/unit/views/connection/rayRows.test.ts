/** What the Connection view says about Ray and the script in use. */
import assert from 'node:assert/strict';
import type { Discovery } from '../../../../src/discovery/discover';
import type { ScriptHint } from '../../../../src/discovery/scriptHints';
import type { ConnectionFacts } from '../../../../src/views/connection/connectionRow';
import { dashboardRows, discoveryFileRows, scriptRows } from '../../../../src/views/connection/rayRows';

const hint: ScriptHint = { name: 'RAY_TMPDIR', value: '/scratch/r', file: '/jobs/run.sbatch', line: 3 };

function facts(discovery: Partial<Discovery>): ConnectionFacts {
  return {
    status: { state: 'fresh', message: '' },
    config: { active: undefined, name: 'run.sbatch', candidates: 1, hints: [hint] },
    round: {
      discovery: { targets: [], reason: '', ray: {}, ...discovery },
      errors: new Map(),
      hold: undefined,
      isNewSession: false,
      runChoice: undefined,
      requests: [],
    },
    targets: [],
    engines: [],
    timer: 'running',
    intervalMs: 10_000,
    ignoreHold: false,
    clusterProxy: '',
    now: 10_000,
  };
}

describe('the rows about Ray', () => {
  it('name the line of the script for every hint', () => {
    const [row] = scriptRows(facts({}));
    assert.deepEqual([row?.label, row?.description], ['RAY_TMPDIR', '/scratch/r · RAY_TMPDIR in run.sbatch, line 3']);
  });

  it('say that a dashboard of another cluster is not used, and where its address is from', () => {
    const [row] = dashboardRows(
      facts({
        dashboard: {
          url: 'http://127.0.0.1:8275',
          configuredBy: 'script',
          hint: { ...hint, name: '--dashboard-port', line: 5 },
          typedByUser: false,
          state: 'ok',
          token: { state: 'none' },
          isOfAnotherCluster: true,
        },
      }),
    );
    assert.equal(row?.description, 'of another cluster, not used · http://127.0.0.1:8275');
    assert.match(JSON.stringify(row?.tooltip), /--dashboard-port in run\.sbatch, line 5/);
  });

  it('name the line that gives the folder of the service-discovery file', () => {
    const file = {
      path: '/scratch/r/ray/x.json',
      writtenAt: 0,
      isFresh: true,
      targets: [],
      origin: 'script' as const,
      hint,
    };
    const [row] = discoveryFileRows(facts({ file }));
    assert.match(JSON.stringify(row?.tooltip), /Folder from RAY_TMPDIR in run\.sbatch, line 3/);
  });
});

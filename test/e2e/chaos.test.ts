/**
 * VS Code watches a cluster under faults, and is reloaded meanwhile: nothing that it shows is wrong. A longer run:
 * `SKYRL_CHAOS_MINUTES=20 SKYRL_CHAOS_SEED=3 npm run test:file test/e2e/chaos.test.ts`.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import type { Server } from '../../scripts/lib/vscodeServer.mjs';
import type { Workbench } from '../../scripts/lib/workbench.mjs';
import { startChaosCluster, type ChaosCluster } from '../chaos/chaosCluster';
import { runWindowChaos, startReportServer, type ReportServer } from '../chaos/runWindowChaos';
import { demonstrationScenario } from '../demonstration/live/demonstrationScenario';
import { createWorkspace, openFolder, readStatusText, saveScreenshot, startVsCode, timeoutMs } from './vscodePage';

const minutes = Number(process.env['SKYRL_CHAOS_MINUTES'] ?? 1.5);
const seed = Number(process.env['SKYRL_CHAOS_SEED'] ?? 1);
/** A long run has the pace of the simulated one; in a short one, faults follow one another more quickly. */
const pace = minutes < 5 ? 0.25 : 0.6;
const intervalSeconds = 3;

const config = `generator:
  inference_engine:
    backend: vllm
    num_engines: ${demonstrationScenario.engines.length}
    engine_init_kwargs:
      enable_ray_prometheus_stats: true
`;

describe('VS Code at a cluster under faults', function () {
  this.timeout(minutes * 60_000 + 6 * timeoutMs);
  let chaos: ChaosCluster;
  let reports: ReportServer;
  let server: Server;
  let workbench: Workbench;

  before(async () => {
    chaos = await startChaosCluster(seed, demonstrationScenario, { start: Date.now(), isReachable: true });
    chaos.writeFile();
    reports = await startReportServer();
    server = await startVsCode(
      { RAY_TMPDIR: chaos.cluster.rayTmpDir.path, RAY_ADDRESS: chaos.dashboardUrl, SKYRL_TEST_REPORTS: reports.url },
      { 'skyrl.scrape.interval': intervalSeconds },
      [join(root, 'test', 'fixtures', 'snapshot-reporter')],
    );
    workbench = await openFolder(server, await createWorkspace({ 'config.yaml': config }));
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await saveScreenshot(workbench.page, this.currentTest.title);
  });

  after(async () => {
    await workbench.close();
    await server.stop();
    await reports.close();
    await chaos.close();
  });

  it('shows nothing that is not true', async () => {
    const { page } = workbench;
    const result = await runWindowChaos(
      {
        chaos,
        seed,
        ms: minutes * 60_000,
        pace,
        reload: async () => {
          await page.reload({ timeout: timeoutMs, waitUntil: 'commit' });
          await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: timeoutMs });
        },
        ...(minutes >= 5 && { log: console.log }),
      },
      reports,
    );
    const { snapshots, calmSnapshots, compared, windows, violations } = result;
    const figures =
      `${minutes} minutes: ${snapshots} snapshots (${calmSnapshots} with everything required to be right), ` +
      `${compared} measures compared, ${windows} windows, faults: ${[...result.faults.keys()].join(', ')}`;
    console.log(figures);
    assert.deepEqual(violations.slice(0, 20), [], figures);
    assert.ok(result.noticed > 0, 'numbers a quarter higher are noticed');
    assert.ok(compared > 0 && windows > 0 && result.faults.size > 2, figures);
    await readStatusText(page);
  });
});

/** A person opens a query in Prometheus, and the browser asks for exactly this query. */
import assert from 'node:assert/strict';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from '../../scripts/lib/vscodeServer.mjs';
import { runCommand, type Workbench } from '../../scripts/lib/workbench.mjs';
import { createWorkspace, openFolder, saveScreenshot, startVsCode, timeoutMs } from './vscodePage';

const query = `# tokens & requests, 100 % of "all" engines?
sum(rate(vllm:generation_tokens_total{model_name="acme/a&b=c;d"}[5m])) + 1
  / count(vllm:num_requests_running{model_name=~"acme/.+|é大😀\\\\d'%2B"}) #end`;

describe('a person at a scratchpad', function () {
  this.timeout(400_000);
  let prometheus: HttpServer;
  let server: Server;
  let workbench: Workbench | undefined;

  before(async () => {
    prometheus = createServer((_, response) => response.end('<title>Prometheus</title>'));
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}/prom`;
    server = await startVsCode({}, { 'skyrl.prometheus.url': url });
    workbench = await openFolder(server, await createWorkspace({ 'tokens.promql': `up\n\n${query}\n\ndown\n` }));
  });

  afterEach(async function () {
    if (workbench && this.currentTest?.state === 'failed') await saveScreenshot(workbench.page, this.currentTest.title);
  });

  after(async () => {
    await workbench?.close();
    await server?.stop();
    prometheus.closeAllConnections();
    await new Promise((resolve) => prometheus.close(resolve));
  });

  it('opens it in Prometheus as it is written', async () => {
    const { page } = workbench ?? assert.fail();
    await page.getByRole('treeitem', { name: 'tokens.promql' }).dblclick({ timeout: timeoutMs });
    await page.locator('.tab.active', { hasText: 'tokens.promql' }).waitFor({ timeout: timeoutMs });
    await page.locator('.monaco-editor .view-line', { hasText: 'vllm:generation_tokens_total' }).first().click();
    const [tab] = await Promise.all([
      page.context().waitForEvent('page', { timeout: timeoutMs }),
      runCommand(page, 'SkyRL: Open Query in Prometheus'),
    ]);
    // VS Code opens an empty page, and then the address; some servers of VS Code put a path of theirs before it.
    await tab.waitForURL(/graph/, { timeout: timeoutMs });
    const { pathname, searchParams } = new URL(tab.url());
    assert.match(pathname, /(?:^|\/proxy\/\d+)\/prom\/graph$/);
    assert.equal(searchParams.get('g0.expr'), query);
    await tab.close();
  });
});

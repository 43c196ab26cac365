/** The connection report of hostile servers, in a real VS Code. */
import assert from 'node:assert/strict';
import { errorAdvice } from '../../src/http/errorAdvice';
import { startSmallDashboard } from '../demonstration/index';
import { activate, configure, readConnectionReport } from './support';

describe('the connection report', () => {
  it('shows untrusted text as text, and no password', async () => {
    const api = await activate();
    const dashboard = await startSmallDashboard({
      version: '2.57.0`](command:evil) <img src=x onerror=alert(1)> @everyone',
      session: '```\n# x',
      targets: [],
    });
    await configure({
      'ray.dashboardUrl': dashboard.url,
      endpoints: ['http://user:hunter2@127.0.0.1:1/metrics?key=hunter3'],
    });
    const report = await readConnectionReport();
    assert.doesNotMatch(report, /hunter/);
    for (const line of report.split('\n')) {
      const outsideCode = line.replace(/`[^`]*`/g, '');
      assert.doesNotMatch(outsideCode, /<img|command:|@everyone|onerror/, line);
      assert.equal((line.match(/`/g) ?? []).length % 2, 0, line);
    }
    for (const title of [
      '## State',
      '## 1. Config',
      '## 3. Ray',
      '## 5. Source',
      '## 6. Targets',
      '## Requests of the last round',
    ])
      assert.ok(report.includes(title), title);
    assert.ok(report.includes(errorAdvice.refused));
    assert.equal(api.snapshot?.targets.at(-1)?.url.includes('hunter2'), false);
    await configure();
    await dashboard.close();
  });
});

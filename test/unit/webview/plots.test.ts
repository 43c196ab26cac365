/** Which plots there are. */
import assert from 'node:assert/strict';
import { chartRows } from '../../../src/metrics/chartRows';
import { defaultViewOptions } from '../../../src/shared/viewOptions';
import { plotsFor } from '../../../webview/plots';

const rows = chartRows(() => true);

describe('The plots of the chart', () => {
  /** ID and number of rows of each plot. */
  const plotTexts = (options: Partial<typeof defaultViewOptions>): string[] =>
    plotsFor({ ...defaultViewOptions, ...options }, rows).map((plot) => `${plot.id} ${plot.rows.length}`);
  const measures = [
    'kv_cache_usage_perc',
    'ttft_seconds_p50',
    'ttft_seconds_p99',
    'num_requests_running',
    'num_requests_waiting',
    'gone_from_the_catalog',
  ];

  it('are one per unit; one per metric or histogram if split; one per metric with a line per engine', () => {
    assert.deepEqual(plotTexts({ measures }), ['unit:fraction 1', 'unit:seconds 2', 'unit:requests 2']);
    assert.deepEqual(plotTexts({ measures, layout: 'split' }), [
      'kv_cache_usage_perc 1',
      'ttft_seconds 2',
      'num_requests_running 1',
      'num_requests_waiting 1',
    ]);
    assert.equal(plotTexts({ measures, engines: 'each' }).length, 5);
    assert.deepEqual(plotTexts({ measures: [], distributions: ['ttft_seconds', 'none'] }), [
      'distribution:ttft_seconds 1',
    ]);
  });

  it('exist for every metric of the catalog', () => {
    for (const { id } of rows) assert.equal(plotsFor({ ...defaultViewOptions, measures: [id] }, rows).length, 1, id);
  });
});

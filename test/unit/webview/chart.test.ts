/** The size of the chart page's bundle. */
import assert from 'node:assert/strict';
import { build } from 'esbuild';

describe('The bundle of the chart page', () => {
  it('is smaller than 600 kB', async function () {
    this.timeout(60_000);
    const { outputFiles } = await build({
      entryPoints: ['webview/chart.ts'],
      bundle: true,
      minify: true,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      outdir: 'dist/none',
      write: false,
      logLevel: 'silent',
    });
    const bytes = outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
    assert.ok(bytes > 100_000 && bytes < 600_000, `${bytes} bytes`);
  });
});

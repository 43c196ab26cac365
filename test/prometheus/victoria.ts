/** A real VictoriaMetrics, which has Prometheus's API, on a free port with its data in a temporary folder. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, startServer, type FoundProgram, type RealPrometheus } from './server';

/** VictoriaMetrics's executable, or why there is none. */
export const findVictoria = (): FoundProgram =>
  findProgram('victoria-metrics', process.env.VICTORIA_METRICS_PATH, process.env.SKYRL_NO_VICTORIA_METRICS);

/** The samples of an OpenMetrics text with times in ms, as VictoriaMetrics imports them. */
const withTimesInMs = (openMetrics: string): string =>
  openMetrics
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.lastIndexOf(' ');
      return `${line.slice(0, at)} ${Math.round(Number(line.slice(at)) * 1000)}`;
    })
    .join('\n');

/** Starts a VictoriaMetrics with samples in the OpenMetrics format. */
export function startVictoria(path: string, openMetrics: string): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-victoria-'));
  return startServer(path, {
    folder,
    // Without latency, so that written samples can be queried at once.
    args: (address) => [
      `-httpListenAddr=${address}`,
      `-storageDataPath=${folder}`,
      '-retentionPeriod=100y',
      '-search.latencyOffset=0s',
    ],
    ready: async (url) => (await fetch(`${url}/health`)).ok,
    fill: async (url) => {
      const imported = await fetch(`${url}/api/v1/import/prometheus`, {
        method: 'POST',
        body: withTimesInMs(openMetrics),
      });
      if (!imported.ok) throw new Error(`the import failed: ${imported.status} ${await imported.text()}`);
      await fetch(`${url}/internal/force_flush`);
    },
  });
}

/** A real VictoriaMetrics, which answers by Prometheus's API: started by a test on a free port, with its data in a temporary folder. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable, startServer, type Found, type RealPrometheus } from './server';

/** The executable, or why there is none. */
export const findVictoria = (): Found =>
  executable('victoria-metrics', process.env.VICTORIA_METRICS_PATH, process.env.SKYRL_NO_VICTORIA_METRICS);

/** The lines of an OpenMetrics file with their times in ms, as it imports them. */
const inMs = (openMetrics: string): string =>
  openMetrics
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.lastIndexOf(' ');
      return `${line.slice(0, at)} ${Math.round(Number(line.slice(at)) * 1000)}`;
    })
    .join('\n');

/** Starts it with these samples. */
export function startVictoria(path: string, openMetrics: string): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-victoria-'));
  return startServer(path, {
    folder,
    // Without latency: what was written is there.
    args: (address) => [
      `-httpListenAddr=${address}`,
      `-storageDataPath=${folder}`,
      '-retentionPeriod=100y',
      '-search.latencyOffset=0s',
    ],
    ready: async (url) => (await fetch(`${url}/health`)).ok,
    fill: async (url) => {
      const taken = await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body: inMs(openMetrics) });
      if (!taken.ok) throw new Error(`it takes no samples: ${taken.status} ${await taken.text()}`);
      await fetch(`${url}/internal/force_flush`);
    },
  });
}

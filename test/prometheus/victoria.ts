/** A real VictoriaMetrics, which answers by Prometheus's API: started by a test on a free port, with its data in a temporary folder. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/ports.mjs';
import { askOf, executable, untilUp, type Found, type RealPrometheus } from './server';

/** The executable, or why there is none. */
export const findVictoria = (): Found => executable('victoria-metrics', process.env.VICTORIA_METRICS_PATH, process.env.SKYRL_NO_VICTORIA_METRICS);

/** The lines of an OpenMetrics file with their times in ms, as it imports them. */
const inMs = (openMetrics: string): string =>
  openMetrics.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const at = line.lastIndexOf(' ');
    return `${line.slice(0, at)} ${Math.round(Number(line.slice(at)) * 1000)}`;
  }).join('\n');

/** Starts it with these samples. */
export async function startVictoria(path: string, openMetrics: string): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-victoria-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // Without latency: what was written is there.
  const child = spawn(path, [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${folder}`, '-retentionPeriod=100y', '-search.latencyOffset=0s'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => { said = `${said}${chunk}`.slice(-8000); });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilUp(async () => (await fetch(`${url}/health`)).ok, child, () => said);
    const taken = await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body: inMs(openMetrics) });
    if (!taken.ok) throw new Error(`it takes no samples: ${taken.status} ${await taken.text()}`);
    await fetch(`${url}/internal/force_flush`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, stop, ask: askOf(url) };
}

/** A real Prometheus, started by a test on a free port with its data in a temporary folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { accessSync, constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/lib/ports.mjs';

export interface ScrapeTarget {
  /** `host:port` of each. */
  targets: readonly string[];
  job?: string;
}

export interface PrometheusOptions {
  scrape?: readonly ScrapeTarget[];
  /** Seconds between scrapes. */
  interval?: number;
  /** More command-line flags, e.g. `--query.timeout=1s`. */
  flags?: readonly string[];
  /** A file of samples in the OpenMetrics format, which become its data: the same answers each time. */
  openMetrics?: string;
  /** Content of `--web.config.file`. */
  webConfig?: string;
}

export interface RealPrometheus {
  url: string;
  port: number;
  /** Result of an instant query, straight from the server. */
  ask(query: string, at?: number): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
  stop(): Promise<void>;
}

/** The executable, or why there is none. */
export function findPrometheus(): { path: string } | { reason: string } {
  const named = process.env.PROMETHEUS_PATH;
  const places = [...(named ? [named] : []), ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'prometheus'))];
  for (const path of places) {
    try {
      accessSync(path, constants.X_OK);
      return { path };
    } catch { /* not there */ }
  }
  return { reason: process.env.SKYRL_NO_PROMETHEUS ?? 'no prometheus on PATH or at PROMETHEUS_PATH' };
}

/** `promtool` lies beside it. */
export const promtool = (prometheus: string): string => join(dirname(prometheus), 'promtool');

const config = ({ scrape = [], interval = 1 }: PrometheusOptions): string => JSON.stringify({
  global: { scrape_interval: `${interval}s`, scrape_timeout: `${Math.min(interval, 10)}s`, evaluation_interval: '10s' },
  scrape_configs: scrape.map(({ targets, job = 'ray' }) => ({ job_name: job, static_configs: [{ targets }] })),
});

/** Runs a program to its end; rejects with its output where it fails. */
export async function runToEnd(path: string, args: readonly string[]): Promise<string> {
  const child = spawn(path, args);
  let output = '';
  child.stdout.on('data', (chunk) => { output += chunk; });
  child.stderr.on('data', (chunk) => { output += chunk; });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${path} ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

async function until(ready: () => Promise<boolean>, child: ChildProcess, said: () => string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`Prometheus did not start:\n${said().slice(-2000)}`);
    await sleep(50);
  }
}

/** Starts it and waits until it is ready. */
export async function startPrometheus(path: string, options: PrometheusOptions = {}): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-prometheus-'));
  const [file, data, web] = ['prometheus.json', 'data', 'web.json'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(file, config(options));
  if (options.webConfig !== undefined) writeFileSync(web, options.webConfig);
  if (options.openMetrics !== undefined) {
    writeFileSync(join(folder, 'samples.om'), options.openMetrics);
    await runToEnd(promtool(path), ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'samples.om'), data]);
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(path, [
    `--config.file=${file}`, `--storage.tsdb.path=${data}`, '--storage.tsdb.retention.time=100y', `--web.listen-address=127.0.0.1:${port}`,
    ...(options.webConfig === undefined ? [] : [`--web.config.file=${web}`]), ...(options.flags ?? []),
  ], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => { said = `${said}${chunk}`.slice(-8000); });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(async () => [200, 401].includes((await fetch(`${url}/-/ready`)).status), child, () => said);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url, port, stop,
    async ask(query, at) {
      const parameters = new URLSearchParams({ query, ...(at !== undefined && { time: String(at / 1000) }) });
      const answer = await (await fetch(`${url}/api/v1/query?${parameters}`)).json() as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } };
      return answer.data.result;
    },
  };
}

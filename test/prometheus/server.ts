/** A real Prometheus, started by a test on a free port with its data in a temporary folder. */
import { spawn } from 'node:child_process';
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

export type Found = { path: string } | { reason: string };

/** A program by the path that is named, else on PATH; `reason`: why the runner has none. */
export function executable(program: string, named: string | undefined, reason: string | undefined): Found {
  const places = [
    ...(named ? [named] : []),
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program)),
  ];
  for (const path of places) {
    try {
      accessSync(path, constants.X_OK);
      return { path };
    } catch {
      /* not there */
    }
  }
  return { reason: reason ?? `no ${program} on PATH` };
}

/** The executable, or why there is none. */
export const findPrometheus = (): Found =>
  executable('prometheus', process.env.PROMETHEUS_PATH, process.env.SKYRL_NO_PROMETHEUS);

/** `promtool` lies beside it. */
export const promtool = (prometheus: string): string => join(dirname(prometheus), 'promtool');

const config = ({ scrape = [], interval = 1 }: PrometheusOptions): string =>
  JSON.stringify({
    global: {
      scrape_interval: `${interval}s`,
      scrape_timeout: `${Math.min(interval, 10)}s`,
      evaluation_interval: '10s',
    },
    scrape_configs: scrape.map(({ targets, job = 'ray' }) => ({ job_name: job, static_configs: [{ targets }] })),
  });

/** Runs a program to its end; rejects with its output where it fails. */
export async function runToEnd(path: string, args: readonly string[]): Promise<string> {
  const child = spawn(path, args);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${path} ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

export interface ServerPlan {
  /** With everything in it; gone when the server is stopped. */
  folder: string;
  args: (address: string) => readonly string[];
  /** Whether it answers already. */
  ready: (url: string) => Promise<boolean>;
  /** What it gets before anybody asks. */
  fill?: (url: string) => Promise<void>;
}

/** Instant queries, straight to a server. */
const askOf =
  (url: string): RealPrometheus['ask'] =>
  async (query, at) => {
    const parameters = new URLSearchParams({ query, ...(at !== undefined && { time: String(at / 1000) }) });
    const answer = (await (await fetch(`${url}/api/v1/query?${parameters}`)).json()) as {
      data: { result: Awaited<ReturnType<RealPrometheus['ask']>> };
    };
    return answer.data.result;
  };

/** Starts a server that speaks Prometheus's API, on a free port, and waits until it is ready; rejects with what it said where it ends, or is not ready within a minute. */
export async function startServer(path: string, { folder, args, ready, fill }: ServerPlan): Promise<RealPrometheus> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(path, args(`127.0.0.1:${port}`), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-8000);
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const end = Date.now() + 60_000;
    while (!(await ready(url).catch(() => false))) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`${path} did not start:\n${said.slice(-2000)}`);
      await sleep(50);
    }
    await fill?.(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, stop, ask: askOf(url) };
}

/** Starts it and waits until it is ready. */
export async function startPrometheus(path: string, options: PrometheusOptions = {}): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-prometheus-'));
  const [file, data, web] = ['prometheus.json', 'data', 'web.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(file, config(options));
  if (options.webConfig !== undefined) writeFileSync(web, options.webConfig);
  if (options.openMetrics !== undefined) {
    writeFileSync(join(folder, 'samples.om'), options.openMetrics);
    await runToEnd(promtool(path), ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'samples.om'), data]);
  }
  return startServer(path, {
    folder,
    args: (address) => [
      `--config.file=${file}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
      ...(options.webConfig === undefined ? [] : [`--web.config.file=${web}`]),
      ...(options.flags ?? []),
    ],
    ready: async (url) => [200, 401].includes((await fetch(`${url}/-/ready`)).status),
  });
}

/**
 * A real Prometheus on a free port, with its data in a temporary folder; and what other servers with its API share with
 * it.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/lib/ports.mjs';

interface ScrapeTargets {
  /** `host:port`. */
  targets: readonly string[];
  job?: string;
}

interface PrometheusOptions {
  scrape?: readonly ScrapeTargets[];
  /** Seconds between scrapes. */
  interval?: number;
  /** More command-line flags, e.g. `--query.timeout=1s`. */
  flags?: readonly string[];
  /** Its data, as samples in the OpenMetrics format: it then gives the same answers each time. */
  openMetrics?: string;
  /** Content of `--web.config.file`. */
  webConfig?: string;
}

/** A running server. */
export interface RealPrometheus {
  url: string;
  port: number;
  /** The result of an instant query at a time (Unix ms, now by default). */
  ask(query: string, at?: number): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
  stop(): Promise<void>;
}

/** The path of a program, or why there is none. */
export type FoundProgram = { path: string } | { reason: string };

/** Finds a program at a path, if one is given, else on PATH. `reason` is why the test runner has none. */
export function findProgram(program: string, givenPath: string | undefined, reason: string | undefined): FoundProgram {
  const candidates = [
    ...(givenPath ? [givenPath] : []),
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program)),
  ];
  for (const path of candidates) {
    try {
      accessSync(path, constants.X_OK);
      return { path };
    } catch {
      // The next candidate may exist.
    }
  }
  return { reason: reason ?? `no ${program} on PATH` };
}

/** Prometheus's executable, or why there is none. */
export const findPrometheus = (): FoundProgram =>
  findProgram('prometheus', process.env.PROMETHEUS_PATH, process.env.SKYRL_NO_PROMETHEUS);

/** The path of `promtool`, which is beside Prometheus. */
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

/** Runs a program to its end, and resolves to its output. Rejects with the output if it fails. */
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

interface ServerDefinition {
  /** Folder of its files, which is removed when the server is stopped. */
  folder: string;
  args: (address: string) => readonly string[];
  /** Whether it is ready to answer. */
  ready: (url: string) => Promise<boolean>;
  /** Gives it its data. */
  fill?: (url: string) => Promise<void>;
}

const instantQuery =
  (url: string): RealPrometheus['ask'] =>
  async (query, at) => {
    const parameters = new URLSearchParams({ query, ...(at !== undefined && { time: String(at / 1000) }) });
    const answer = (await (await fetch(`${url}/api/v1/query?${parameters}`)).json()) as {
      data: { result: Awaited<ReturnType<RealPrometheus['ask']>> };
    };
    return answer.data.result;
  };

/**
 * Starts a server with Prometheus's API on a free port. Rejects with its output if it ends or is not ready within a
 * minute.
 */
export async function startServer(
  path: string,
  { folder, args, ready, fill }: ServerDefinition,
): Promise<RealPrometheus> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(path, args(`127.0.0.1:${port}`), { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-8000);
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const deadline = Date.now() + 60_000;
    while (!(await ready(url).catch(() => false))) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${path} did not start:\n${output.slice(-2000)}`);
      await sleep(50);
    }
    await fill?.(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, stop, ask: instantQuery(url) };
}

/** Starts a Prometheus, and waits until it is ready. */
export async function startPrometheus(path: string, options: PrometheusOptions = {}): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-prometheus-'));
  const [configFile, dataFolder, webConfigFile] = ['prometheus.json', 'data', 'web.json'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(configFile, config(options));
  if (options.webConfig !== undefined) writeFileSync(webConfigFile, options.webConfig);
  if (options.openMetrics !== undefined) {
    writeFileSync(join(folder, 'samples.om'), options.openMetrics);
    await runToEnd(promtool(path), [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      join(folder, 'samples.om'),
      dataFolder,
    ]);
  }
  return startServer(path, {
    folder,
    args: (address) => [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${dataFolder}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
      ...(options.webConfig === undefined ? [] : [`--web.config.file=${webConfigFile}`]),
      ...(options.flags ?? []),
    ],
    ready: async (url) => [200, 401].includes((await fetch(`${url}/-/ready`)).status),
  });
}

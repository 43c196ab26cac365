/** A real Prometheus for the tests and the pictures. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installDebian } from './debian.mjs';
import { isExecutable, findOnPath } from './find.mjs';
import { freePort } from './ports.mjs';
import { launch } from './processes.mjs';
import { temporaryDir } from './temporary.mjs';
import { until } from './waiting.mjs';

/** @type {Promise<{ path: string } | { reason: string }> | undefined} */
let found;

/**
 * Finds one, or installs Debian's where this process may; looked for once.
 * @returns {Promise<{ path: string } | { reason: string }>} the executable, or why there is none
 */
export function findPrometheus() {
  found ??= look();
  return found;
}

function existing() {
  const named = process.env.PROMETHEUS_PATH;
  return named && isExecutable(named) ? named : findOnPath('prometheus');
}

/** @returns {Promise<{ path: string } | { reason: string }>} */
async function look() {
  const here = existing();
  if (here) return { path: here };
  const failure = await installDebian('prometheus');
  const path = existing();
  return path ? { path } : { reason: `no prometheus on PATH or at PROMETHEUS_PATH, and not installed: ${failure ?? 'no program on PATH after that'}` };
}

/** What tests get: the executable, or why they skip. */
export async function prometheusEnv() {
  const prometheus = await findPrometheus();
  return 'path' in prometheus ? { PROMETHEUS_PATH: prometheus.path } : { SKYRL_NO_PROMETHEUS: prometheus.reason };
}

/**
 * Starts one that scrapes the nodes that a dashboard names; it ends with this process.
 * @param {string} program
 * @param {string} dashboard its URL
 * @returns {Promise<string>} its URL
 */
export async function startPrometheusOn(program, dashboard) {
  const folder = await temporaryDir('skyrl-prometheus-');
  const file = join(folder, 'prometheus.json');
  await writeFile(file, JSON.stringify({
    global: { scrape_interval: '5s' },
    scrape_configs: [{ job_name: 'ray', http_sd_configs: [{ url: `${dashboard}/api/prometheus/sd`, refresh_interval: '5s' }] }],
  }));
  const address = `127.0.0.1:${await freePort()}`;
  const server = launch(program, [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${address}`]);
  await until(async () => {
    const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    return answer?.ok ? true : undefined;
  }, 30_000, 'Prometheus').catch((error) => {
    throw new Error(`${error.message}\n${server.output().trim()}`);
  });
  return `http://${address}`;
}

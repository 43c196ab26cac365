/** A real Prometheus for the tests and the pictures, and a real VictoriaMetrics. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installDebian } from './debian.mjs';
import { isExecutable, which } from './which.mjs';
import { freePort } from './ports.mjs';
import { launch } from './processes.mjs';
import { temporaryDir } from './temporary.mjs';
import { until } from './waiting.mjs';

/** @typedef {{ path: string } | { reason: string }} Found */

/** By program; looked for once. @type {Map<string, Promise<Found>>} */
const found = new Map();

/** Where each may be named. */
const named = { prometheus: 'PROMETHEUS_PATH', 'victoria-metrics': 'VICTORIA_METRICS_PATH' };

/**
 * Finds one, or installs Debian's package of that name where this process may.
 * @param {keyof typeof named} program
 * @returns {Promise<Found>} the executable, or why there is none
 */
function find(program) {
  const known = found.get(program) ?? look(program);
  found.set(program, known);
  return known;
}

export const findPrometheus = () => find('prometheus');

/** @param {keyof typeof named} program */
function existing(program) {
  const path = process.env[named[program]];
  return path && isExecutable(path) ? path : which(program);
}

/** @param {keyof typeof named} program @returns {Promise<Found>} */
async function look(program) {
  const here = existing(program);
  if (here) return { path: here };
  const failure = await installDebian(program);
  const path = existing(program);
  return path
    ? { path }
    : {
        reason: `no ${program} on PATH or at ${named[program]}, and not installed: ${failure ?? 'no program on PATH after that'}`,
      };
}

/** What tests get: the executable, or why they skip. */
export async function prometheusEnv() {
  const prometheus = await findPrometheus();
  return 'path' in prometheus ? { PROMETHEUS_PATH: prometheus.path } : { SKYRL_NO_PROMETHEUS: prometheus.reason };
}

/** The same, with another server behind the same API. */
export async function serversEnv() {
  const [own, victoria] = [await prometheusEnv(), await find('victoria-metrics')];
  return {
    ...own,
    ...('path' in victoria ? { VICTORIA_METRICS_PATH: victoria.path } : { SKYRL_NO_VICTORIA_METRICS: victoria.reason }),
  };
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
  await writeFile(
    file,
    JSON.stringify({
      global: { scrape_interval: '5s' },
      scrape_configs: [
        { job_name: 'ray', http_sd_configs: [{ url: `${dashboard}/api/prometheus/sd`, refresh_interval: '5s' }] },
      ],
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const server = launch(program, [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ]);
  await until(
    async () => {
      const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
      return answer?.ok ? true : undefined;
    },
    30_000,
    'Prometheus',
  ).catch((error) => {
    throw new Error(`${error.message}\n${server.output().trim()}`);
  });
  return `http://${address}`;
}

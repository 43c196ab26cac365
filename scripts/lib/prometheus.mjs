/** A real Prometheus for the tests and the pictures, a real VictoriaMetrics, and a reverse proxy in front of them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installDebian } from './debian.mjs';
import { isExecutable, which } from './which.mjs';
import { freePort } from './ports.mjs';
import { launch } from './processes.mjs';
import { temporaryDir } from './temporary.mjs';
import { until } from './waiting.mjs';

/** @typedef {{ path: string } | { reason: string }} Found */

/** The variables that may name each. */
const variables = {
  prometheus: 'PROMETHEUS_PATH',
  'victoria-metrics': 'VICTORIA_METRICS_PATH',
  nginx: 'NGINX_PATH',
};

/** @returns {Promise<Found>} the executable, installed if need be, or why there is none */
export const findPrometheus = () => find('prometheus');

/** @returns {Promise<Found>} the executable, installed if need be, or why there is none */
export const findVictoriaMetrics = () => find('victoria-metrics');

/** @returns {Promise<Found>} the executable, installed if need be, or why there is none */
export const findNginx = () => find('nginx');

/** @param {keyof typeof variables} program */
function existing(program) {
  const path = process.env[variables[program]];
  return path && isExecutable(path) ? path : which(program);
}

/**
 * Finds one, or installs Debian's package of that name where this process may.
 * @param {keyof typeof variables} program
 * @returns {Promise<Found>}
 */
async function find(program) {
  const here = existing(program);
  if (here) return { path: here };
  const failure = await installDebian(program);
  const path = existing(program);
  return path
    ? { path }
    : {
        reason: `no ${program} on PATH or at ${variables[program]}, and not installed: ${failure ?? 'no program on PATH after that'}`,
      };
}

/**
 * What tests get: the path of each, or why they skip.
 * @param {Partial<Record<keyof typeof variables, Found>>} found
 * @returns {Record<string, string>}
 */
export function serversEnv(found) {
  const skips = {
    prometheus: 'SKYRL_NO_PROMETHEUS',
    'victoria-metrics': 'SKYRL_NO_VICTORIA_METRICS',
    nginx: 'SKYRL_NO_NGINX',
  };
  const programs = /** @type {(keyof typeof variables)[]} */ (Object.keys(variables));
  return Object.fromEntries(
    programs.flatMap((program) => {
      const one = found[program];
      if (!one) return [];
      return ['path' in one ? [variables[program], one.path] : [skips[program], one.reason]];
    }),
  );
}

/**
 * Starts one that scrapes the nodes that a dashboard names; it ends with this process.
 * @param {string} program
 * @param {string} dashboard its URL
 * @returns {Promise<string>} its URL
 */
export const startPrometheusOn = async (program, dashboard) =>
  (await startPrometheus(program, dashboard, await temporaryDir('skyrl-prometheus-'))).url;

/**
 * The same with its samples in a folder, which may have those of one before.
 * @param {string} program
 * @param {string} dashboard
 * @param {string} folder
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startPrometheus(program, dashboard, folder) {
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
  return { url: `http://${address}`, stop: server.stop };
}

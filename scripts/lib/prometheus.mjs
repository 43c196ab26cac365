/** A real Prometheus for the tests and the demonstration. */
import { installDebian } from './debian.mjs';
import { isExecutable, findOnPath } from './find.mjs';

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

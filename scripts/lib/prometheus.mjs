/** A real Prometheus for the tests and the demonstration. */
import { isExecutable, findOnPath } from './find.mjs';
import { run } from './processes.mjs';
import { step } from './progress.mjs';

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
  const apt = findOnPath('apt-get');
  if (!apt || process.getuid?.() !== 0) return { reason: 'no prometheus on PATH or at PROMETHEUS_PATH' };
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const failure = await step('Installing Prometheus (apt-get install prometheus)', async () => {
    const update = await run(apt, ['update'], { timeoutMs: 180_000, env });
    // Not started as a service: each test starts its own on a free port.
    const install = await run(apt, ['install', '-y', '--no-install-recommends', 'prometheus'], { timeoutMs: 600_000, env: { ...env, RUNLEVEL: '1' } });
    return install.code === 0 ? undefined : (update.output + install.output).trim().split('\n').at(-1);
  });
  const path = existing();
  return path ? { path } : { reason: `Prometheus is not here and apt-get could not install it: ${failure ?? 'no program on PATH'}` };
}

/** What tests get: the executable, or why they skip. */
export async function prometheusEnv() {
  const prometheus = await findPrometheus();
  return 'path' in prometheus ? { PROMETHEUS_PATH: prometheus.path } : { SKYRL_NO_PROMETHEUS: prometheus.reason };
}

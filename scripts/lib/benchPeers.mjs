/** The programs that the benches compare with, if available: programs of this machine, and Python packages in the user's cache. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { which } from './which.mjs';
import { findPrometheus } from './prometheus.mjs';
import { findEnvironment } from './python.mjs';

const client = 'prometheus_client==0.22.1';

/** What a bench finds them by, or why not. @returns {Promise<Record<string, string>>} */
export async function peersEnv() {
  const python = which('python3');
  const environment = await findEnvironment(client, { size: '60 kB' });
  const prometheus = await findPrometheus();
  const promtool = 'path' in prometheus ? join(dirname(prometheus.path), 'promtool') : undefined;
  return {
    ...(python ? { SKYRL_BENCH_PYTHON: python } : { SKYRL_BENCH_NO_PYTHON: 'no python3 on PATH' }),
    ...('python' in environment
      ? { SKYRL_BENCH_CLIENT_PYTHON: environment.python }
      : { SKYRL_BENCH_NO_CLIENT: environment.reason }),
    ...('path' in prometheus
      ? { SKYRL_BENCH_PROMETHEUS: prometheus.path, PROMETHEUS_PATH: prometheus.path }
      : { SKYRL_BENCH_NO_PROMETHEUS: prometheus.reason }),
    ...(promtool && existsSync(promtool)
      ? { SKYRL_BENCH_PROMTOOL: promtool }
      : { SKYRL_BENCH_NO_PROMTOOL: 'no promtool beside prometheus' }),
  };
}

/** Of a smoke run: what takes long or has to be fetched is left out. */
export function smokeEnv() {
  const reason = 'a smoke run';
  const python = which('python3');
  return {
    SKYRL_BENCH_SMOKE: '1',
    SKYRL_BENCH_NO_CLIENT: reason,
    SKYRL_BENCH_NO_PROMETHEUS: reason,
    SKYRL_BENCH_NO_PROMTOOL: reason,
    SKYRL_BENCH_NO_VSIX: reason,
    ...(python ? { SKYRL_BENCH_PYTHON: python } : { SKYRL_BENCH_NO_PYTHON: 'no python3 on PATH' }),
  };
}

/** A Python of this machine, and packages for it in the user's cache, by version. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.mjs';
import { which } from './which.mjs';
import { run } from './processes.mjs';
import { megabytes, step } from './progress.mjs';

/** The versions that Ray has wheels for, first those that most machines have. */
const names = ['python3', 'python3.12', 'python3.11', 'python3.13', 'python3.10'];
const askMs = 20_000;
const installMs = 420_000;
const compileMs = 120_000;

/** Counts the changes of how an environment is made, so that an older one is not taken for this one. */
const recipe = 2;

/** Prints `3.11 Linux-x86_64`, and fails where this Python cannot make an environment with pip in it. */
const question =
  'import sys, ensurepip, venv, platform; print("%d.%d" % sys.version_info[:2], platform.system() + "-" + platform.machine())';

/**
 * @typedef {{ python: string }} Environment absolute path of its Python
 */

/**
 * A virtual environment that holds `spec`, made once.
 * @param {string} spec e.g. `ray[default]==2.57.0`
 * @param {{ size?: string, fromSource?: readonly string[] }} [options] how much is fetched, in words; packages that have no wheel
 * @returns {Promise<Environment | { reason: string }>} or why there is none
 */
export async function findEnvironment(spec, { size = 'about 110 MB', fromSource = [] } = {}) {
  if (process.platform === 'win32') return { reason: `${spec} is not tested on Windows` };
  const found = await findPython();
  if ('reason' in found) return found;
  const name = `${spec.replace(/\[.*\]/, '').replace('==', '-')}-python${found.version}-${recipe}`;
  try {
    const folder = await cached(name, (temporary) =>
      step(`Installing ${spec} for Python ${found.version} (PyPI, ${size})`, (report) =>
        make(found.path, spec, temporary, fromSource, report),
      ),
    );
    return { python: join(folder, 'bin', 'python') };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** @returns {Promise<{ path: string, version: string } | { reason: string }>} */
async function findPython() {
  const said = [];
  for (const name of names) {
    const path = which(name);
    if (!path) continue;
    const { code, output } = await run(path, ['-c', question], { timeoutMs: askMs });
    const version = /^(3\.1[0-3]) /.exec(output)?.[1];
    if (code === 0 && version) return { path, version };
    said.push(`${name}: ${output.trim().split('\n').at(-1)}`);
  }
  return {
    reason:
      said.length === 0 ? 'no Python 3.10 to 3.13 on PATH' : `no Python that Ray installs on (${said.join('; ')})`,
  };
}

/**
 * @param {string} path of the Python
 * @param {string} spec
 * @param {string} temporary
 * @param {readonly string[]} fromSource
 * @param {(detail: string) => void} report
 */
async function make(path, spec, temporary, fromSource, report) {
  // Its programs would name this folder, which moves; `python -m` does not.
  const folder = join(temporary, 'environment');
  const made = await run(path, ['-m', 'venv', folder], { timeoutMs: 120_000 });
  if (made.code !== 0) throw new Error(`python -m venv failed: ${lastLine(made.output)}`);
  // pip compiles one file after the other; all processors do it below.
  const pip = [
    '-m',
    'pip',
    'install',
    '--only-binary=:all:',
    ...fromSource.map((name) => `--no-binary=${name}`),
    '--no-compile',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar=off',
    spec,
  ];
  const installed = await run(join(folder, 'bin', 'python'), pip, {
    timeoutMs: installMs,
    onText: pipProgress(report),
  });
  if (installed.code !== 0 || !existsSync(folder))
    throw new Error(`pip install ${spec} failed: ${lastLine(installed.output)}`);
  report('compiling');
  // Many processes of Ray start with `-B` and would compile what they import each time. Files for other versions of
  // Python do not compile, which is no failure.
  const compile = ['-m', 'compileall', '-q', '-j', '0', '-x', 'rllib|/tests/', join(folder, 'lib')];
  await run(join(folder, 'bin', 'python'), compile, { timeoutMs: compileMs });
  return folder;
}

/**
 * Reads what pip prints: the size of each file when its download begins.
 * @param {(detail: string) => void} report
 * @returns {(text: string) => void}
 */
export function pipProgress(report) {
  const units = { kB: 1e3, MB: 1e6, GB: 1e9 };
  let bytes = 0;
  return (text) => {
    for (const [, amount, unit] of text.matchAll(/^ *(?:Downloading|Using cached) .*\(([\d.]+) (kB|MB|GB)\)/gm)) {
      bytes += Number(amount) * units[/** @type {keyof typeof units} */ (unit)];
      report(`${megabytes(bytes)}`);
    }
    if (/^Installing collected packages/m.test(text)) report(`${megabytes(bytes)}, unpacking`);
  };
}

/** @param {string} output */
function lastLine(output) {
  return (
    output
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('[notice]'))
      .at(-1) ?? 'no output'
  );
}

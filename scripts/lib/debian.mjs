/** Installs Debian's packages, where this process may. */
import { run } from './processes.mjs';
import { step } from './progress.mjs';
import { which } from './which.mjs';

const env = {
  DEBIAN_FRONTEND: 'noninteractive',
  // No service is started: each test starts its own on a free port.
  RUNLEVEL: '1',
  LC_ALL: 'C.UTF-8',
};
const updateMs = 180_000;
const installMs = 600_000;

/** `apt-get` does one thing at a time, so installations that are asked for side by side take turns. @type {Promise<unknown>} */
let turn = Promise.resolve();

/** What the one update of the package lists printed; the lists of a new machine are empty. @type {Promise<string> | undefined} */
let updated;

/**
 * @param {string} name e.g. `chromium`
 * @returns {Promise<string | undefined>} why it could not be installed; undefined if it was
 */
export function installDebian(name) {
  const apt = which('apt-get');
  if (!apt) return Promise.resolve('no apt-get here');
  if (process.getuid?.() !== 0) return Promise.resolve('only root may install it');
  return step(`Installing ${name} (apt-get install ${name})`, (report) => {
    report('waiting for apt-get');
    const installed = turn.then(async () => {
      report('reading the package lists');
      updated ??= run(apt, ['update'], { timeoutMs: updateMs, env }).then(({ output }) => output);
      const lists = await updated;
      const { code, output } = await run(apt, aptArguments(name), {
        timeoutMs: installMs,
        env,
        onText: aptProgress(report),
      });
      return code === 0 ? undefined : lastLine(lists + output);
    });
    turn = installed.catch(() => undefined);
    return installed;
  });
}

/** The status goes to where the rest goes, for programs to read. @param {string} name */
const aptArguments = (name) => [
  'install',
  '-y',
  '--no-install-recommends',
  '-o',
  'APT::Status-Fd=1',
  '-o',
  'Dpkg::Use-Pty=0',
  name,
];

/**
 * Reads what `apt-get` prints: the size once, then a percentage of the download and one of the installation.
 * @param {(detail: string) => void} report
 * @returns {(text: string) => void}
 */
export function aptProgress(report) {
  let size = '';
  return (text) => {
    size = /Need to get ([\d.,]+ [kMG]?B)/.exec(text)?.[1] ?? size;
    const [, phase, percent] = [...text.matchAll(/^(dl|pm)status:[^:\n]*:([\d.]+):/gm)].at(-1) ?? [];
    if (phase === 'dl') report(`${Math.round(Number(percent))} % of ${size || 'unknown size'}`);
    if (phase === 'pm') report(`${size}, unpacking: ${Math.round(Number(percent))} %`);
  };
}

/** @param {string} output */
function lastLine(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^(dl|pm)(status|error):/.test(line));
  return lines.at(-1)?.trim() ?? 'apt-get printed nothing';
}

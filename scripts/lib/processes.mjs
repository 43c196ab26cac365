/** Child processes in groups of their own, so that each ends with all its children. */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { atEnd } from './cleanup.mjs';
import { sleep } from './waiting.mjs';

const windows = process.platform === 'win32';
const keptCharacters = 200_000;
const politeMs = 4000;

/**
 * @typedef {object} LaunchOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] laid over this process's; `undefined` takes a variable away
 * @property {string} [logFile] gets everything the process prints
 * @property {boolean} [openStdin] a stdin that ends when this process does, however that ends
 * @property {boolean} [patient] lets others compute first
 * @property {(text: string) => void} [onText]
 *
 * @typedef {object} Launched
 * @property {number | undefined} pid
 * @property {Promise<{ code: number | undefined, signal?: NodeJS.Signals, error?: Error }>} exited never rejects
 * @property {() => string} output the last part of what it printed, both streams
 * @property {() => Promise<void>} stop asks the whole group, then makes it
 */

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {LaunchOptions} [options]
 * @returns {Launched}
 */
export function launch(command, args, options = {}) {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: mergedEnv(options.env),
    stdio: [options.openStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: !windows,
    shell: windows && /\.(cmd|bat)$/i.test(command),
  });
  if (options.patient) letOthersFirst(child.pid);
  const log = options.logFile ? createWriteStream(options.logFile, { flags: 'a' }) : undefined;
  let text = '';
  const take = (/** @type {string} */ chunk) => {
    text = (text + chunk).slice(-keptCharacters);
    log?.write(chunk);
    options.onText?.(chunk);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', take);

  /** @type {Launched['exited']} */
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: undefined, error }));
    // A grandchild may hold the pipes open, so 'close' is waited for only shortly.
    child.once('exit', (code, signal) => {
      const done = () => resolve({ code: code ?? undefined, ...(signal && { signal }) });
      child.once('close', done);
      setTimeout(done, 300).unref();
    });
  });
  const stop = async () => {
    forget();
    process.off('exit', kill);
    signalGroup(child.pid, 'SIGTERM');
    await Promise.race([exited, sleep(politeMs)]);
    kill();
    await Promise.race([exited, sleep(politeMs)]);
    log?.end();
  };
  const kill = () => signalGroup(child.pid, 'SIGKILL');
  const forget = atEnd(stop);
  process.once('exit', kill);
  return { pid: child.pid, exited, output: () => text, stop };
}

/**
 * Runs a command to its end, or to its deadline.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {LaunchOptions & { timeoutMs: number }} options
 * @returns {Promise<{ code: number | undefined, signal?: NodeJS.Signals, output: string, timedOut: boolean }>} `code` is absent when it was ended or did not start, `signal` is what ended it before its deadline
 */
export async function run(command, args, options) {
  const launched = launch(command, args, options);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve('late'), options.timeoutMs);
  });
  const first = await Promise.race([launched.exited, late]);
  clearTimeout(timer);
  await launched.stop();
  const { code, signal, error } = await launched.exited;
  const output = launched.output();
  if (first === 'late')
    return { code: undefined, output: `${output}\nended after ${options.timeoutMs / 1000} s`, timedOut: true };
  return { code, ...(signal && { signal }), output: error ? `${output}\n${error.message}` : output, timedOut: false };
}

/** @param {number | undefined} pid */
function letOthersFirst(pid) {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or this system does not let us.
  }
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  if (pid === undefined) return;
  if (windows) {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended already.
  }
}

/** @param {Record<string, string | undefined>} [changes] */
export function mergedEnv(changes = {}) {
  return Object.fromEntries(Object.entries({ ...process.env, ...changes }).filter(([, value]) => value !== undefined));
}

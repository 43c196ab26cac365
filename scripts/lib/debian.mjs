/** Debian's packages, where this process may install them. */
import { which } from './which.mjs';
import { run } from './processes.mjs';
import { step } from './progress.mjs';

const env = {
  DEBIAN_FRONTEND: 'noninteractive',
  // No service is started: each test starts its own on a free port.
  RUNLEVEL: '1',
};

/** apt-get does one thing at a time; stages that run side by side take turns. @type {Promise<unknown>} */
let turn = Promise.resolve();

/**
 * @param {string} name e.g. `chromium`
 * @returns {Promise<string | undefined>} why it could not be installed; `undefined` when it was
 */
export function installDebian(name) {
  const apt = which('apt-get');
  if (!apt) return Promise.resolve('no apt-get here');
  if (process.getuid?.() !== 0) return Promise.resolve('only root may install it');
  const installed = turn.then(() =>
    step(`Installing ${name} (apt-get install ${name})`, async () => {
      const update = await run(apt, ['update'], { timeoutMs: 180_000, env });
      const install = await run(apt, ['install', '-y', '--no-install-recommends', name], { timeoutMs: 600_000, env });
      return install.code === 0 ? undefined : (update.output + install.output).trim().split('\n').at(-1);
    }),
  );
  turn = installed.catch(() => undefined);
  return installed;
}

/** VS Code's desktop application, with separate folders, so that a person's settings and extensions stay unchanged. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atEnd } from './cleanup.mjs';
import { which } from './which.mjs';
import { root } from './paths.mjs';
import { launch } from './processes.mjs';
import { temporaryDir } from './temporary.mjs';
import { quietSettings } from './vscodeServer.mjs';

/** `code` where it would open a window here: not in a remote terminal, whose `code` opens the window elsewhere. */
export function findDesktop() {
  if (process.env.VSCODE_IPC_HOOK_CLI) return undefined;
  const display =
    process.platform === 'darwin' || process.platform === 'win32' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return display ? which('code') : undefined;
}

/**
 * Opens `folder` with the extension under development.
 * @param {object} options
 * @param {string} options.code path of the `code` program
 * @param {string} options.folder
 * @param {Record<string, string | undefined>} options.env
 * @param {boolean} options.trusted trusts every folder without asking, in this window only
 * @returns {Promise<string | undefined>} when the window is closed: undefined, or why it did not open
 */
export async function openDesktop({ code, folder, env, trusted }) {
  const own = await temporaryDir('skyrl-code-');
  const userData = join(own, 'data');
  await mkdir(join(userData, 'User'), { recursive: true });
  const settings = { ...quietSettings, ...(trusted ? { 'security.workspace.trust.enabled': false } : {}) };
  await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify(settings, undefined, 2));
  // The command returns at once without --wait; the application itself is in no process group of ours.
  const window = launch(
    code,
    [
      '--wait',
      '--new-window',
      '--user-data-dir',
      userData,
      '--extensions-dir',
      join(own, 'extensions'),
      '--extensionDevelopmentPath',
      root,
      folder,
    ],
    { env },
  );
  atEnd(() => endApplication(userData));
  const { code: exit, error } = await window.exited;
  return exit === 0 ? undefined : `VS Code did not open: ${error?.message ?? window.output().trim()}`;
}

/** Its lock file names the process of the application that was started with this user-data folder. @param {string} userData */
async function endApplication(userData) {
  const pid = Number(await readFile(join(userData, 'code.lock'), 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // The window was closed already.
  }
}

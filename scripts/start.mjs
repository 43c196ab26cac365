/**
 * `npm start`: VS Code with the extension on the demonstration run, until Ctrl-C.
 * `npm start -- --engines N --nodes N`: the demonstration run with so many engines on so many nodes.
 * `npm start -- FOLDER`: on the person's own folder, with nothing of the demonstration.
 * `npm start -- --check`: the demonstration without a person; 0 when a command and the timer brought all of SkyRL's values.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { runScript } from './lib/cleanup.mjs';
import { startDemonstration } from './lib/demonstration.mjs';
import { findDesktop, openDesktop } from './lib/desktop.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { startServer, workspaceUrl } from './lib/vscodeServer.mjs';

await runScript(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      engines: { type: 'string' },
      nodes: { type: 'string' },
    },
  });
  const { engines, nodes } = values;
  const size = Object.entries({ engines, nodes }).flatMap(([name, text]) =>
    text === undefined ? [] : [`--${name}`, text],
  );
  const own = positionals[0] === undefined ? undefined : existingFolder(positionals[0]);
  if (size.length > 0 && (own || values.check)) throw new Error('--engines and --nodes are for the demonstration run');
  await build({ production: false });
  if (values.check) {
    const { checkDemonstration } = await import('./lib/check.mjs');
    return checkDemonstration();
  }
  const opened = own ? { folder: own, env: {}, trusted: false } : await demonstration(size);
  const code = findDesktop();
  return code ? inDesktop(code, opened) : inBrowser(opened);
});

/** @typedef {{ folder: string, env: Record<string, string | undefined>, trusted: boolean }} Opened */

/**
 * @param {string[]} size options of the demonstration
 * @returns {Promise<Opened>}
 */
async function demonstration(size) {
  const { dashboard, workspace, env } = await startDemonstration(size);
  say(`The demonstration run's Ray dashboard: ${dashboard}`);
  return { folder: workspace, env, trusted: true };
}

/** @param {string} path as the person wrote it, from where npm was called */
function existingFolder(path) {
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`no such folder: ${folder}`);
  return folder;
}

/**
 * @param {string} code
 * @param {Opened} opened
 */
async function inDesktop(code, opened) {
  say('VS Code opens. Ctrl-C here, or closing its window, ends everything.');
  const problem = await openDesktop({ code, ...opened });
  if (problem) throw new Error(problem);
  return 0;
}

/** @param {Opened} opened @returns {Promise<number>} */
async function inBrowser({ folder, env, trusted }) {
  const server = await startServer({ env, trusted });
  say(`\nOpen VS Code in a browser:\n\n  ${workspaceUrl({ server, folder, extensionDevelopmentPath: root })}\n`);
  say('Ctrl-C here ends everything. The address works on this machine, and wherever its port is forwarded to.');
  await server.exited;
  throw new Error('the VS Code server ended');
}

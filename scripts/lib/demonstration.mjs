/** The demonstration run: a small Ray-shaped cluster and a workspace that belongs to it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { launch } from './processes.mjs';
import { step } from './progress.mjs';
import { temporaryDir } from './temporary.mjs';
import { until } from './waiting.mjs';

const program = join(root, 'dist', 'test', 'demonstration', 'main.js');

/**
 * @typedef {object} Demonstration
 * @property {string} dashboard its URL
 * @property {string} workspace the folder to open
 * @property {Record<string, string | undefined>} env what VS Code must see to find this cluster and no other
 */

/**
 * Starts it on free ports; it ends with this process.
 * @param {readonly string[]} [args] more of the cluster's own options
 * @returns {Promise<Demonstration>}
 */
export async function startDemonstration(args = []) {
  if (!existsSync(program)) throw new Error('the demonstration cluster is not built (test/demonstration/main.ts)');
  // VS Code shows the folder's name in its title.
  const folder = join(await temporaryDir('skyrl-'), 'skyrl-demonstration');
  const cluster = launch(process.execPath, [program, '--workspace', folder, '--with-parent', ...args], {
    openStdin: true,
  });
  let ended = false;
  void cluster.exited.then(() => {
    ended = true;
  });
  const line = await step('Starting the demonstration cluster', () =>
    until(
      () => {
        if (ended) throw new Error(`the demonstration cluster ended:\n${cluster.output().trim()}`);
        return cluster
          .output()
          .split('\n')
          .slice(0, -1)
          .find((text) => text.startsWith('{'));
      },
      30_000,
      'the demonstration cluster',
      20,
    ),
  );
  const { dashboard, workspace, rayTmpDir } = JSON.parse(line);
  return { dashboard, workspace, env: { RAY_TMPDIR: rayTmpDir, RAY_ADDRESS: undefined } };
}

/** The demonstration run as a program: starts a cluster, says on one line where it is, ends cleanly. */
import { resolve } from 'node:path';
import { readOptions, usage, type DemoOptions } from './demo/options';
import { writeWorkspace } from './demo/workspace';
import { startLive } from './live/live';
import type { Cluster } from './parts/cluster';
import { replay } from './replay/replay';

/** A step of a recording stands for one report of Ray. */
const stepEveryMs = 10_000;

/** Time that passes `speed` times as fast from now on. */
function fastClock(speed: number): () => number {
  const start = Date.now();
  return () => start + (Date.now() - start) * speed;
}

async function start({ recording, speed, token }: DemoOptions): Promise<Cluster> {
  if (recording === undefined) return startLive({ now: fastClock(speed), token });
  const cluster = await replay({ recording, token });
  // The last step stays: starting over would look like engines whose counters were reset.
  setInterval(() => cluster.next(), stepEveryMs / speed).unref();
  return cluster;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const cluster = await start(options);
  const workspace = options.workspace === undefined ? undefined : resolve(options.workspace);
  if (workspace !== undefined) writeWorkspace(workspace, cluster.dashboard.url);

  const end = (): void => {
    void cluster.close().then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end);
  if (options.withParent) process.stdin.once('end', end).once('error', end).resume();
  // Whoever read the line may have gone; that ends nothing.
  process.stdout.on('error', () => undefined);
  const nodes = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
  process.stdout.write(
    `${JSON.stringify({ dashboard: cluster.dashboard.url, workspace, rayTmpDir: cluster.rayTmpDir.path, nodes })}\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exit(2);
});

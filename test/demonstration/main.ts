/** The demonstration as a program: starts a cluster, prints its addresses as one line of JSON, and ends on a signal. */
import { resolve } from 'node:path';
import type { Cluster } from './cluster/cluster';
import { clusterScenario } from './live/clusterScenario';
import { startLive } from './live/live';
import { readOptions, usage, type ProgramOptions } from './program/options';
import { writeWorkspace } from './program/workspace';
import { replay } from './replay/replay';

/** A step of a recording is shown for as long as Ray's report interval. */
const replayStepMs = 10_000;

/** A clock that runs `speed` times as fast from now on. */
function createClock(speed: number): () => number {
  const start = Date.now();
  return () => start + (Date.now() - start) * speed;
}

async function startCluster({ recording, size, speed, token }: ProgramOptions): Promise<Cluster> {
  if (recording === undefined) return startLive({ now: createClock(speed), scenario: clusterScenario(size), token });
  const cluster = await replay({ recording, token });
  // It stays at the last step: after a restart all counters would seem to be reset.
  setInterval(() => cluster.next(), replayStepMs / speed).unref();
  return cluster;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const cluster = await startCluster(options);
  const workspace = options.workspace === undefined ? undefined : resolve(options.workspace);
  if (workspace !== undefined) writeWorkspace(workspace, cluster.dashboard.url, options.size.engines);

  const end = (): void => {
    void cluster.close().then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end);
  if (options.withParent) process.stdin.once('end', end).once('error', end).resume();
  // The reader may close its end after the first line.
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

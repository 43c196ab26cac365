/** Serves a recording step by step, as the cluster or the server it was taken from. */
import { startCluster, type Cluster, type ClusterOptions } from '../parts/cluster';
import { at } from '../json';
import { answerAt, relocateNodes } from './answers';
import { loadRecording, type RayRecording, type RecordedStep } from './recording';

/** Which step is served. Counting starts at 0. */
export interface Steps {
  readonly steps: readonly RecordedStep[];
  readonly current: RecordedStep;
  /** Serves a step, by index or by the start of its name (`'06'`). */
  step(which: number | string): RecordedStep;
  /** Serves the next one; stays at the last. */
  next(): RecordedStep;
}

/** A pointer into steps, at the first. */
export function pointer(steps: readonly RecordedStep[]): Steps & { readonly index: number } {
  let index = 0;
  const go = (to: number): RecordedStep => {
    const step = steps[to];
    if (!step) throw new Error(`no step ${to} of ${steps.length}`);
    index = to;
    return step;
  };
  return {
    steps,
    get index() {
      return index;
    },
    get current() {
      return go(index);
    },
    step: (which) => go(typeof which === 'number' ? which : steps.findIndex(({ name }) => name.startsWith(which))),
    next: () => go(Math.min(index + 1, steps.length - 1)),
  };
}

export interface ReplayOptions extends ClusterOptions {
  recording: RayRecording;
}

export type Replay = Cluster & Steps;

/**
 * Starts a cluster that answers as the recorded one did. The dashboard leads to the agents here; the bodies are the recorded bytes, so their
 * `NodeAddress` is the recorded one.
 */
export async function replay({ recording, ...options }: ReplayOptions): Promise<Replay> {
  const { steps } = loadRecording(recording);
  const nodes = new Set(steps.flatMap(({ bodies }) => bodies.map(({ node }) => node))).size;
  const place = pointer(steps);
  const answer = (name: Parameters<typeof answerAt>[2]): ReturnType<typeof answerAt> =>
    answerAt(steps, place.index, name);
  const session = at(answer('version'), 'session_name');
  const cluster = await startCluster(
    {
      nodes,
      session: typeof session === 'string' ? session : 'session_replayed',
      body: (node) => place.current.bodies.find((body) => body.node === node)?.bytes ?? Buffer.alloc(0),
      version: () => answer('version'),
      nodeSummary: (ports) => relocateNodes(answer('nodes-summary'), ports),
      actors: () => answer('logical-actors'),
    },
    options,
  );
  return {
    ...cluster,
    steps,
    get current() {
      return place.current;
    },
    step: place.step,
    next: place.next,
  };
}

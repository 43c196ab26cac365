/** Serves a recording step by step, as the cluster that it was recorded from. */
import { startCluster, type Cluster, type ClusterOptions } from '../cluster/cluster';
import { at, type Json } from '../json';
import { answerAt, relocateNodes } from './recordedAnswers';
import { loadRecording, type AnswerName, type RayRecording } from './recording';
import { createStepPointer, type Steps } from './stepPointer';

/** Options of the cluster, and the recording. */
export interface ReplayOptions extends ClusterOptions {
  recording: RayRecording;
}

/** A running replay. */
export type Replay = Cluster & Steps;

/**
 * Starts a cluster that answers as the recorded one did, at the first step. The dashboard leads to the agents here. The
 * bodies are the recorded bytes, so their `NodeAddress` is the recorded one.
 */
export async function replay({ recording, ...options }: ReplayOptions): Promise<Replay> {
  const { steps } = loadRecording(recording);
  const nodes = new Set(steps.flatMap(({ bodies }) => bodies.map(({ node }) => node))).size;
  const pointer = createStepPointer(steps);
  const answer = (name: AnswerName): Json => answerAt(steps, pointer.index, name);
  const session = at(answer('version'), 'session_name');
  const cluster = await startCluster(
    {
      nodes,
      session: typeof session === 'string' ? session : 'session_replayed',
      body: (node) => pointer.current.bodies.find((body) => body.node === node)?.bytes ?? Buffer.alloc(0),
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
      return pointer.current;
    },
    step: pointer.step,
    next: pointer.next,
  };
}

/** The command line of the demonstration program. */
import { parseArgs } from 'node:util';
import type { ClusterSize } from '../live/clusterScenario';
import { demonstrationScenario } from '../live/demonstrationScenario';
import { rayRecordings, type RayRecording } from '../replay/recording';

/** The options of the program. */
export interface ProgramOptions {
  /** Folder to write the workspace into; without it none is written. */
  workspace?: string;
  /** Replays a recording instead of simulating a run. */
  recording?: RayRecording;
  /** Size of the simulated cluster. */
  size: ClusterSize;
  /** How many times faster than real time. */
  speed: number;
  /** The dashboard requires this token. */
  token?: string;
  /** Ends when its stdin is closed, which happens when the parent ends. */
  withParent: boolean;
}

/** One line of help. */
export const usage = `usage: main.js [--workspace DIR] [--engines N] [--nodes N] [--recording ${rayRecordings.join('|')}] [--speed N] [--token T] [--with-parent]`;

/** As many as fit into the memory and time of a usual machine. */
const maxEngines = 1024;
const maxNodes = 256;
/** Where only one of the numbers is given: the GPUs of a usual node. */
const enginesPerNode = 8;

const isRecording = (name: string): name is RayRecording => (rayRecordings as readonly string[]).includes(name);

/** A whole number from 1 to `highest`; undefined if it is not given. Throws with a message for people. */
function readCount(name: string, text: string | undefined, highest: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= highest) return count;
  throw new Error(`--${name}: not a whole number from 1 to ${highest}: ${text}`);
}

function readSize(enginesText: string | undefined, nodesText: string | undefined): ClusterSize {
  const engines = readCount('engines', enginesText, maxEngines);
  const nodes = readCount('nodes', nodesText, maxNodes);
  if (engines === undefined && nodes === undefined)
    return { engines: demonstrationScenario.engines.length, nodes: demonstrationScenario.nodes };
  return {
    engines: engines ?? Math.min(maxEngines, (nodes ?? 1) * enginesPerNode),
    nodes: nodes ?? Math.ceil((engines ?? 1) / enginesPerNode),
  };
}

/** Parses the arguments. Throws with a message for people. */
export function readOptions(args: string[]): ProgramOptions {
  const { values } = parseArgs({
    args,
    options: {
      workspace: { type: 'string' },
      recording: { type: 'string' },
      engines: { type: 'string' },
      nodes: { type: 'string' },
      speed: { type: 'string', default: '1' },
      token: { type: 'string' },
      'with-parent': { type: 'boolean', default: false },
    },
  });
  const { workspace, recording, token } = values;
  const speed = Number(values.speed);
  if (!(speed > 0 && speed < Infinity)) throw new Error(`--speed: not a number above 0: ${values.speed}`);
  if (recording !== undefined && !isRecording(recording))
    throw new Error(`--recording: not one of ${rayRecordings.join(', ')}: ${recording}`);
  if (recording !== undefined && (values.engines ?? values.nodes) !== undefined)
    throw new Error('--recording: a recording has its own engines and nodes');
  return {
    size: readSize(values.engines, values.nodes),
    speed,
    withParent: values['with-parent'],
    ...(workspace === undefined ? {} : { workspace }),
    ...(recording === undefined ? {} : { recording }),
    ...(token === undefined ? {} : { token }),
  };
}

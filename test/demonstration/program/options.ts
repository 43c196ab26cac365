/** The command line of the demonstration program. */
import { parseArgs } from 'node:util';
import { rayRecordings, type RayRecording } from '../replay/recording';

/** The options of the program. */
export interface ProgramOptions {
  /** Folder to write the workspace into; without it none is written. */
  workspace?: string;
  /** Replays a recording instead of simulating a run. */
  recording?: RayRecording;
  /** How many times faster than real time. */
  speed: number;
  /** The dashboard requires this token. */
  token?: string;
  /** Ends when its stdin is closed, which happens when the parent ends. */
  withParent: boolean;
}

/** One line of help. */
export const usage = `usage: main.js [--workspace DIR] [--recording ${rayRecordings.join('|')}] [--speed N] [--token T] [--with-parent]`;

const isRecording = (name: string): name is RayRecording => (rayRecordings as readonly string[]).includes(name);

/** Parses the arguments. Throws with a message for people. */
export function readOptions(args: string[]): ProgramOptions {
  const { values } = parseArgs({
    args,
    options: {
      workspace: { type: 'string' },
      recording: { type: 'string' },
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
  return {
    speed,
    withParent: values['with-parent'],
    ...(workspace === undefined ? {} : { workspace }),
    ...(recording === undefined ? {} : { recording }),
    ...(token === undefined ? {} : { token }),
  };
}

/** The command line of the demonstration. */
import { parseArgs } from 'node:util';
import { rayRecordings, type RayRecording } from '../replay/recording';

export interface DemoOptions {
  /** Where the workspace is written; none is written without it. */
  workspace?: string;
  /** Replays this instead of the live run. */
  recording?: RayRecording;
  /** How many times faster than the clock. */
  speed: number;
  /** Token mode with this token. */
  token?: string;
  /** Ends when stdin does: with the parent. */
  withParent: boolean;
}

export const usage = `usage: main.js [--workspace DIR] [--recording ${rayRecordings.join('|')}] [--speed N] [--token T] [--with-parent]`;

const isRecording = (name: string): name is RayRecording => (rayRecordings as readonly string[]).includes(name);

/** Reads the arguments; throws with words for people. */
export function readOptions(args: string[]): DemoOptions {
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

/** Starts a program and delivers its output line by line. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a process ended. */
export interface ProcessEnd {
  /** Exit code; null if a signal ended it or it could not be started. */
  code: number | null;
  /** Node's error code if the program could not be started. */
  error?: string;
  /** The end of its error output. */
  stderrTail: string;
}

/**
 * Starts a program from PATH. `line` is called for each line of output, `end` once, after the last line. The returned
 * function ends the process.
 */
export type SpawnLines = (
  command: string,
  args: readonly string[],
  on: { line: (text: string) => void; end: (how: ProcessEnd) => void },
) => () => void;

const stderrTailLength = 500;

/** `SpawnLines` with a real process, without a shell. */
export const spawnLines: SpawnLines = (command, args, on) => {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let stderrTail = '';
  let ended = false;
  const end = (code: number | null, error?: string): void => {
    if (ended) return;
    ended = true;
    on.end({ code, stderrTail: stderrTail.trim(), ...(error !== undefined && { error }) });
  };
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', on.line);
  child.stderr.on('data', (bytes: Buffer) => {
    stderrTail = (stderrTail + bytes.toString('utf8')).slice(-stderrTailLength);
  });
  child.once('error', (error: NodeJS.ErrnoException) => end(null, error.code ?? error.message));
  child.once('close', (code) => end(code));
  return () => {
    // A program that hangs in the driver ignores SIGTERM, and its children may keep the pipes open.
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  };
};

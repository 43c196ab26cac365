/** A real process whose output comes line by line. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { SpawnLines } from './vramPoll';

const keptWords = 500;

/** Without a shell. Its end comes after its last line. */
export const spawnLines: SpawnLines = (command, args, on) => {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let said = '';
  let ended = false;
  const end = (code: number | null, error?: string): void => {
    if (ended) return;
    ended = true;
    on.end({ code, stderrTail: said.trim(), ...(error !== undefined && { error }) });
  };
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', on.line);
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString('utf8')).slice(-keptWords);
  });
  child.once('error', (error: NodeJS.ErrnoException) => end(null, error.code ?? error.message));
  child.once('close', (code) => end(code));
  return () => {
    // A program that hangs in the driver does not hear SIGTERM; what it started may hold the pipes open.
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  };
};

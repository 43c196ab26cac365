/** Runs a program and ends it if it prints nothing for too long. */
import type { Clock } from '../shared/clock';
import type { ProcessEnd, SpawnLines } from './spawnLines';

interface WatchedProcessOptions {
  spawn: SpawnLines;
  clock: Clock;
  command: string;
  args: readonly string[];
  /** Longest time between two lines, in ms. */
  maxSilenceMs: number;
  onLine: (text: string) => void;
  /** Called once, unless the process was stopped. `hung`: it was ended because it printed nothing. */
  onEnd: (end: ProcessEnd & { hung: boolean }) => void;
}

/** Starts the program. The returned function stops it; nothing is called afterwards. */
export function startWatchedProcess(options: WatchedProcessOptions): () => void {
  const { spawn, clock, command, args, maxSilenceMs, onLine, onEnd } = options;
  let isOver = false;
  let cancelWatch = (): void => undefined;
  const watch = (): void => {
    cancelWatch();
    cancelWatch = clock.after(maxSilenceMs, () => finish({ code: null, stderrTail: '' }, true));
  };
  const stop = (): void => {
    isOver = true;
    cancelWatch();
    kill();
  };
  const finish = (end: ProcessEnd, hung: boolean): void => {
    if (isOver) return;
    stop();
    onEnd({ ...end, hung });
  };
  const kill = spawn(command, args, {
    end: (end) => finish(end, false),
    line: (text) => {
      if (isOver) return;
      watch();
      onLine(text);
    },
  });
  watch();
  return stop;
}

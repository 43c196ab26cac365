/**
 * Polls the highest GPU memory from `nvidia-smi`. Whatever it does, the poll continues or reports why there is no
 * number.
 */
import type { Clock } from '../shared/clock';
import { GpuPeaks, type VramResult } from './gpuPeaks';
import { chooseDevice, parseMigParents, parseSample, queryArguments } from './nvidiaSmi';
import type { ProcessEnd, SpawnLines } from './spawnLines';
import { startWatchedProcess } from './watchedProcess';

interface VramOptions {
  spawn: SpawnLines;
  clock: Clock;
  /** `skyrl.record.gpu`. */
  setting: string;
  /** CUDA_VISIBLE_DEVICES of VS Code's own environment, which need not be the run's. */
  visibleDevices: string | undefined;
}

/** A running poll. */
export interface VramPoll {
  /** What was measured so far. */
  result(): VramResult;
  /** Ends the poll and returns its result. */
  stop(): VramResult;
}

const pollIntervalMs = 250;
/** A wedged driver blocks nvidia-smi forever. */
const maxSilenceMs = 5_000;
const retryDelayMs = 5_000;

/**
 * Starts to poll at once: one process prints a line for each device every 250 ms. It is started again whenever it ends.
 */
export function pollVram({ spawn, clock, setting, visibleDevices }: VramOptions): VramPoll {
  const choice = chooseDevice(setting, visibleDevices);
  const peaks = new GpuPeaks();
  let parents: ReadonlyMap<string, string> = new Map();
  let failure: string | undefined;
  let stopList = (): void => undefined;
  let stopQuery = (): void => undefined;
  let cancelRestart = (): void => undefined;

  const start = (
    args: readonly string[],
    onLine: (text: string) => void,
    onEnd: (end: ProcessEnd & { hung: boolean }) => void,
  ): (() => void) => startWatchedProcess({ spawn, clock, command: 'nvidia-smi', args, maxSilenceMs, onLine, onEnd });

  const runQuery = (): void => {
    const startedAt = clock.elapsed();
    let samples = 0;
    let lastText = '';
    stopQuery = start(
      queryArguments(pollIntervalMs),
      (text) => {
        const sample = parseSample(text);
        if (sample) {
          samples += 1;
          peaks.add(sample);
        } else if (text.trim() !== '') lastText = text.trim();
      },
      (end) => {
        if (end.error === 'ENOENT') {
          failure = 'there is no nvidia-smi on this host';
          return;
        }
        const succeeded = samples > 0 && end.code === 0;
        if (!succeeded) failure = describeFailure(end, lastText);
        const delay = succeeded ? Math.max(0, startedAt + pollIntervalMs - clock.elapsed()) : retryDelayMs;
        cancelRestart = clock.after(delay, runQuery);
      },
    );
  };

  /** Finds the devices that MIG devices are parts of. */
  const listDevices = (): void => {
    const lines: string[] = [];
    stopList = start(
      ['-L'],
      (text) => lines.push(text),
      () => {
        parents = parseMigParents(lines);
      },
    );
  };

  if (choice.entry.startsWith('MIG-')) listDevices();
  runQuery();
  const result = (): VramResult => peaks.result(choice, parents, failure);
  return {
    result,
    stop: () => {
      for (const cancel of [stopList, stopQuery, cancelRestart]) cancel();
      return result();
    },
  };
}

function describeFailure({ code, error, stderrTail, hung }: ProcessEnd & { hung: boolean }, lastText: string): string {
  if (hung) return `nvidia-smi said nothing for ${maxSilenceMs / 1000} s`;
  return `nvidia-smi ended with ${error ?? `code ${code}`}: ${(stderrTail || lastText || 'no message').slice(0, 200)}`;
}

/** The highest use of GPU memory over a time, polled from `nvidia-smi`. Whatever it does, the poll goes on or says why there is nothing. */
import type { Clock } from '../shared/clock';
import { chooseDevice, matchesDevice, parseMigParents, parseSample, queryArguments, type GpuSample } from './nvidiaSmi';

/** How a process ended. `error`: it could not be started, with Node's code. */
export interface ProcessEnd {
  code: number | null;
  error?: string;
  /** The last of what it said on the error output. */
  stderrTail: string;
}

/** Starts a program that is found on PATH; lines of its output come one by one, the end comes once. The result ends it. */
export type SpawnLines = (
  command: string,
  args: readonly string[],
  on: { line: (text: string) => void; end: (how: ProcessEnd) => void },
) => () => void;

export interface VramOptions {
  spawn: SpawnLines;
  clock: Clock;
  /** `skyrl.record.gpu`. */
  setting: string;
  /** Of VS Code's own environment, which need not be the run's. */
  visibleDevices: string | undefined;
}

export interface GpuPeak {
  index: number;
  uuid: string;
  name: string;
  /** MiB. */
  peak: number;
  total?: number;
}

export interface VramResult {
  /** Every device that said how much is used, in order of index. */
  devices: GpuPeak[];
  /** The device that is meant, where it is among them. */
  chosenDevice?: GpuPeak;
  /** Why this device. */
  why: string;
  /** Why there is no number, or why there are fewer. */
  problem?: string;
  samples: number;
}

export interface VramPoll {
  /** What has been seen so far. */
  result(): VramResult;
  stop(): VramResult;
}

export const pollIntervalMs = 250;
/** A driver that is wedged blocks nvidia-smi for good. */
const silentAfterMs = 5_000;
const tryAgainAfterMs = 5_000;

const whys = {
  setting: 'skyrl.record.gpu names it',
  CUDA_VISIBLE_DEVICES: 'first entry of CUDA_VISIBLE_DEVICES in VS Code’s own environment, which need not be the run’s',
  default: 'the first device: neither skyrl.record.gpu nor CUDA_VISIBLE_DEVICES of VS Code’s environment names another',
} as const;

/** Begins to poll at once, in one process that prints a line a device every 250 ms; one that ends is started again. */
export function pollVram({ spawn, clock, setting, visibleDevices }: VramOptions): VramPoll {
  const choice = chooseDevice(setting, visibleDevices);
  const peaks = new Map<string, GpuPeak>();
  const silent = new Set<string>();
  let parents: ReadonlyMap<string, string> = new Map();
  let samples = 0;
  let problem: string | undefined;
  let stopped = false;
  const cancels = new Set<() => void>();

  const later = (ms: number, call: () => void): (() => void) => {
    const cancel = clock.after(ms, () => {
      cancels.delete(cancel);
      if (!stopped) call();
    });
    cancels.add(cancel);
    return () => {
      cancels.delete(cancel);
      cancel();
    };
  };

  /** One process; ended when it says nothing for long. `ended` gets what it did. */
  const start = (
    args: readonly string[],
    line: (text: string) => void,
    ended: (how: ProcessEnd & { hung: boolean }) => void,
  ): void => {
    let hung = false;
    let over = false;
    let unwatch = (): void => undefined;
    const watch = (): void => {
      unwatch();
      unwatch = later(silentAfterMs, () => {
        hung = true;
        end({ code: null, stderrTail: '' });
      });
    };
    const end = (how: ProcessEnd): void => {
      if (over) return;
      over = true;
      unwatch();
      cancels.delete(kill);
      kill();
      if (!stopped) ended({ ...how, hung });
    };
    const kill = spawn('nvidia-smi', args, {
      end,
      line: (text) => {
        if (over || stopped) return;
        watch();
        line(text);
      },
    });
    cancels.add(kill);
    watch();
  };

  const take = (sample: GpuSample): void => {
    samples += 1;
    if (sample.used === undefined) {
      silent.add(sample.uuid);
      return;
    }
    const before = peaks.get(sample.uuid);
    const { index, uuid, name, used, total } = sample;
    peaks.set(uuid, {
      index,
      uuid,
      name,
      peak: Math.max(before?.peak ?? 0, used),
      ...(total !== undefined && { total }),
    });
  };

  const run = (): void => {
    const began = clock.now();
    let seen = 0;
    let words = '';
    start(
      queryArguments(pollIntervalMs),
      (text) => {
        const sample = parseSample(text);
        if (sample) take(sample);
        else if (text.trim() !== '') words = text.trim();
        if (sample) seen += 1;
      },
      ({ code, error, stderrTail, hung }) => {
        if (error === 'ENOENT') {
          problem = 'there is no nvidia-smi on this host';
          return;
        }
        if (seen > 0 && code === 0) {
          later(Math.max(0, began + pollIntervalMs - clock.now()), run);
          return;
        }
        problem = hung
          ? `nvidia-smi said nothing for ${silentAfterMs / 1000} s`
          : `nvidia-smi ended with ${error ?? `code ${code}`}: ${(stderrTail || words || 'no word').slice(0, 200)}`;
        later(tryAgainAfterMs, run);
      },
    );
  };

  const result = (): VramResult => {
    const devices = [...peaks.values()].sort((a, b) => a.index - b.index);
    const chosen = devices.find((device) => matchesDevice(choice, device, parents));
    const unsaid = silent.size > 0 ? 'nvidia-smi does not say how much memory is used ([N/A])' : undefined;
    const missing = chosen || devices.length === 0 ? undefined : `nvidia-smi lists no device ${choice.entry}`;
    const why = missing ?? (devices.length === 0 ? unsaid : undefined) ?? problem;
    return {
      devices,
      samples,
      why: whys[choice.from],
      ...(chosen && { chosenDevice: chosen }),
      ...(why !== undefined && { problem: why }),
    };
  };

  if (choice.entry.startsWith('MIG-')) {
    const list: string[] = [];
    start(
      ['-L'],
      (text) => list.push(text),
      () => {
        parents = parseMigParents(list);
      },
    );
  }
  run();
  return {
    result,
    stop: () => {
      stopped = true;
      for (const cancel of [...cancels]) cancel();
      cancels.clear();
      return result();
    },
  };
}

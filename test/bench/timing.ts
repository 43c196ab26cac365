/** Durations in milliseconds. */
import { spawnSync } from 'node:child_process';
import { smoke, type Result } from './report';

/** How long each of `count` calls took. */
export function times(count: number, call: () => unknown): number[] {
  return Array.from({ length: count }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  });
}

/** The processor's time of each call, with what collects garbage beside it: others on the machine do not count into it. */
export function processorTimes(count: number, call: () => unknown): number[] {
  return Array.from({ length: count }, () => {
    const start = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
}

/** Fewer in a smoke run. */
export const rounds = (count: number): number => (smoke ? Math.min(count, 2) : count);

/** What lies at this share of the way from the lowest to the highest. */
export function at(all: readonly number[], share: number): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** The later half, where the code is warm. */
export const warm = (all: readonly number[]): number[] => (all.length < 10 ? [...all] : all.slice(all.length >> 1));

export const medianOf = (all: readonly number[]): number => at(warm(all), 0.5);

/** A row of the median, with the lowest and highest of the warm runs. */
export function timed(work: string, all: readonly number[], ratios: Record<string, number> = {}): Result {
  const runs = warm(all);
  return { work, value: medianOf(all), unit: 'ms', lowest: Math.min(...runs), highest: Math.max(...runs), ratios };
}

/** The same program with arguments, in a process of its own, which prints numbers, one a line. */
export function inOwnProcess(program: string, ...given: string[]): number[] {
  const { stdout, status, stderr } = spawnSync(process.execPath, [program, ...given], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split('\n').map(Number);
}

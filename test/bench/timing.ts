/** Measures durations, and takes quantiles of them. All in milliseconds. */
import { spawnSync } from 'node:child_process';
import { smoke, type Result } from './report';

/** The wall time of each of `count` calls. */
export function times(count: number, call: () => unknown): number[] {
  return Array.from({ length: count }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  });
}

/** The processor time of each of `count` calls, garbage collection included; other processes do not influence it. */
export function processorTimes(count: number, call: () => unknown): number[] {
  return Array.from({ length: count }, () => {
    const start = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
}

/** A number of rounds, at most 2 in a smoke run. */
export const rounds = (count: number): number => (smoke ? Math.min(count, 2) : count);

/** A quantile: `share` 0.5 is the median. */
export function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** The later half, in which the code is compiled; all if they are few. */
export const warm = (values: readonly number[]): number[] =>
  values.length < 10 ? [...values] : values.slice(values.length >> 1);

/** The median of the warm values. */
export const medianOf = (values: readonly number[]): number => at(warm(values), 0.5);

/** A row with median, lowest and highest of the warm values. */
export function timed(work: string, values: readonly number[], ratios: Record<string, number> = {}): Result {
  const warmValues = warm(values);
  return {
    work,
    value: medianOf(values),
    unit: 'ms',
    lowest: Math.min(...warmValues),
    highest: Math.max(...warmValues),
    ratios,
  };
}

/** Runs a program in a separate process, and returns the numbers that it prints, one per line. Throws if it fails. */
export function runProgram(program: string, ...programArguments: string[]): number[] {
  const { stdout, status, stderr } = spawnSync(process.execPath, [program, ...programArguments], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split('\n').map(Number);
}

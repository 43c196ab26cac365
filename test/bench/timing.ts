/** Durations in milliseconds. */
import { spawnSync } from 'node:child_process';

/** How long each of `count` calls took. */
export function times(count: number, call: () => unknown): number[] {
  return Array.from({ length: count }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  });
}

/** The median of the later half, where the code is warm. */
export function medianOf(all: readonly number[]): number {
  const warm = all.length < 10 ? [...all] : all.slice(all.length >> 1);
  return warm.sort((a, b) => a - b)[warm.length >> 1] as number;
}

/** The same program with `--cold`, which prints the time of its first scrape. */
export function coldInOwnProcess(program: string): number {
  const { stdout, status, stderr } = spawnSync(process.execPath, [program, '--cold'], { encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

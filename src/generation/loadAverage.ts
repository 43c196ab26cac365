/** Load averages: this host's, and what there is of them to read. */
import { readFile } from 'node:fs/promises';
import type { LoadAverage } from '../discovery/nodeLoads';

/** The first three numbers of `/proc/loadavg` (`0.20 0.18 0.12 1/80 11206`); undefined where they are not there. */
export function parseLoadAverage(text: string): LoadAverage | undefined {
  const [one, five, fifteen] = text
    .trim()
    .split(/\s+/, 3)
    .map((part) => (part === '' ? NaN : Number(part)));
  const load = [one, five, fifteen].map((value) => value ?? NaN);
  return load.every((value) => Number.isFinite(value) && value >= 0) ? (load as LoadAverage) : undefined;
}

/** This host's load average; undefined where there is no `/proc/loadavg`. Never rejects. */
export async function readLoadAverage(path = '/proc/loadavg'): Promise<LoadAverage | undefined> {
  try {
    return parseLoadAverage(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

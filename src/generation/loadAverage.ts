/** Reads this host's load average. */
import { readFile } from 'node:fs/promises';
import type { LoadAverage } from '../discovery/nodeLoads';

/** The first three numbers of `/proc/loadavg` (`0.20 0.18 0.12 1/80 11206`); undefined if they are not there. */
function parseLoadAverage(text: string): LoadAverage | undefined {
  const load = text
    .trim()
    .split(/\s+/, 3)
    .map((number) => (number === '' ? NaN : Number(number)));
  return load.length === 3 && load.every((value) => Number.isFinite(value) && value >= 0)
    ? (load as LoadAverage)
    : undefined;
}

/** This host's load average; undefined if there is no `/proc/loadavg`. Never rejects. */
export async function readLoadAverage(path = '/proc/loadavg'): Promise<LoadAverage | undefined> {
  try {
    return parseLoadAverage(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

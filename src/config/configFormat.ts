/** Which files may be configs, and how each is read. */
import type { RunConfig } from './types';

/** A config is a few kB; a dump with everything in it 20 kB. */
export const maxConfigLength = 1_000_000;

const kinds: readonly (readonly [RunConfig['format'], readonly string[]])[] = [
  ['yaml', ['yaml', 'yml']],
  ['overrides', ['sh', 'bash', 'slurm', 'sbatch']],
  ['json', ['json']],
];

/** Name endings of files that are looked at, without the dot. */
export const configExtensions: readonly string[] = kinds.flatMap(([, extensions]) => extensions);

/** By its name, or `undefined` for one that is not looked for. */
export function configFormatByName(file: string): RunConfig['format'] | undefined {
  const extension = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  return kinds.find(([, extensions]) => extensions.includes(extension))?.[0];
}

/** How a file is read that somebody points at: by its name, else by its first line. */
export function detectConfigFormat(file: string, text: string): RunConfig['format'] {
  return configFormatByName(file) ?? (text.startsWith('#!') ? 'overrides' : 'yaml');
}

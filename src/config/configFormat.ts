/** Which files may be configs by their names, and how each is read. */
import type { RunConfig } from './types';

/** Most characters of a config; real ones have a few thousand, complete dumps 20,000. */
export const maxConfigLength = 1_000_000;

const formats: readonly (readonly [RunConfig['format'], readonly string[]])[] = [
  ['yaml', ['yaml', 'yml']],
  ['overrides', ['sh', 'bash', 'slurm', 'sbatch']],
  ['json', ['json']],
];

/** The file name extensions that may be configs, without the dot. */
export const configExtensions: readonly string[] = formats.flatMap(([, extensions]) => extensions);

/** The format of a file by its name; undefined if its extension is not one of a config. */
export function configFormatByName(file: string): RunConfig['format'] | undefined {
  const extension = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  return formats.find(([, extensions]) => extensions.includes(extension))?.[0];
}

/** The format of a file that a person chose, whatever its name: by extension, else by its first line. */
export function detectConfigFormat(file: string, text: string): RunConfig['format'] {
  return configFormatByName(file) ?? (text.startsWith('#!') ? 'overrides' : 'yaml');
}

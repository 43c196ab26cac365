/** Which files may be configs by their names, and how each is read. */
import { overridePattern } from './commandTexts';

/** Most characters of a config; real ones have a few thousand, complete dumps 20,000. */
export const maxConfigLength = 1_000_000;

/** How a file is read: as values, as a script, or as a program that starts runs. */
export type FileFormat = 'yaml' | 'json' | 'overrides' | 'python' | 'notebook' | 'toml' | 'makefile';

const formats: readonly (readonly [FileFormat, readonly string[]])[] = [
  ['yaml', ['yaml', 'yml']],
  ['overrides', ['sh', 'bash', 'slurm', 'sbatch']],
  ['json', ['json']],
  ['python', ['py']],
  ['notebook', ['ipynb']],
  ['toml', ['toml']],
  ['makefile', ['mk']],
];

const programs: ReadonlySet<FileFormat> = new Set<FileFormat>(['python', 'notebook', 'toml', 'makefile']);

/** Names of Makefiles, which have no extension. */
const makefileNames = ['Makefile', 'makefile', 'GNUmakefile'];

const extensionsOf = (isWanted: (format: FileFormat) => boolean): string[] =>
  formats.filter(([format]) => isWanted(format)).flatMap(([, extensions]) => extensions);

/** The file name extensions of configs and launch scripts, without the dot. */
export const configExtensions: readonly string[] = extensionsOf((format) => !programs.has(format));

/** The extensions of programs that may start runs, without the dot. */
export const launcherExtensions: readonly string[] = extensionsOf((format) => programs.has(format));

const globOf = (names: readonly string[]): string => `{${names.map((name) => `**/${name}`).join(',')}}`;

const configNames = configExtensions.map((extension) => `*.${extension}`);
const launcherNames = [...launcherExtensions.map((extension) => `*.${extension}`), ...makefileNames];

/** Files that may be configs or launch scripts, as a glob. */
export const configPattern = globOf(configNames);

/** Files that may start runs, which are many more: they are searched after the others. */
export const launcherPattern = globOf(launcherNames);

/** All of them. */
export const watchedPattern = globOf([...configNames, ...launcherNames]);

/** The format of a file by its name; undefined if its name is not one of a config. */
export function configFormatByName(file: string): FileFormat | undefined {
  const name = /[^/\\]*$/.exec(file)?.[0] ?? '';
  if (makefileNames.includes(name)) return 'makefile';
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return formats.find(([, extensions]) => extensions.includes(extension))?.[0];
}

/** Whether a file is a test by its name: tests of SkyRL have overrides, too, but start no run. */
export const isTestProgram = (file: string): boolean =>
  /(?:^|[\\/])(?:test_[^\\/]*|conftest|[^\\/]*_test)\.py$/.test(file);

/** Whether a format is that of a program that starts runs. */
export const isLauncherFormat = (format: FileFormat | undefined): boolean =>
  format !== undefined && programs.has(format);

/** Files that are not shell scripts, though they may contain commands. */
const otherLanguages = /\.(?:bat|cmd|ps1|fish|md|rst|html?)$|(?:^|[\\/])(?:Dockerfile|Containerfile|justfile)[^\\/]*$/i;

/** Matches a first line of YAML or JSON. */
const yamlStart = /^\s*(?:---|[{[]|- |["']?[\w./-]+["']?\s*:(?:\s|$))/;

/** Whether a text of any name is a script with overrides, and no YAML with scripts in it. */
function isScript(file: string, text: string): boolean {
  const [line = ''] = /^[ \t]*[^#\s][^\n]*/m.exec(text) ?? [];
  return overridePattern.test(text) && !yamlStart.test(line) && !otherLanguages.test(file);
}

/** The format of a file that a person chose, whatever its name: by extension, else by its first line. */
export function detectConfigFormat(file: string, text: string): FileFormat {
  const byName = configFormatByName(file);
  if (byName) return byName;
  if (/^#!.*\bpython/.test(text)) return 'python';
  return text.startsWith('#!') || isScript(file, text) ? 'overrides' : 'yaml';
}

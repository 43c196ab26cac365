/** Finds the SkyRL configs of a workspace: by file name, then by a byte test, and only then by parsing. */
import { sliceMs } from '../shared/timeSlice';
import { configFormatByName, isLauncherFormat, isTestProgram, maxConfigLength } from './configFormat';
import { legacyNames } from './keys';
import { distinctNames } from './recognize';

const maxNames = 20_000;
const maxReads = 3_000;
/** How many files are read concurrently. */
const readsAtOnce = 8;
/** After how many names the clock is checked, and most names of one slice. */
const namesPerLook = 100;
const namesPerSlice = 1_000;

/** Folders of installed packages, caches and logs. Dumped configs (`outputs/…`, `.hydra/`) are searched, after all others. */
const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.venv',
  'venv',
  '.tox',
  '.nox',
  'site-packages',
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  'wandb',
]);

/**
 * Points for paths that are likely or unlikely to be the config a person means; the sum is the score. A copy of SkyRL
 * in the workspace has over a hundred examples, which must not come before the person's own files.
 */
const likelihood: readonly (readonly [RegExp, number])[] = [
  [/skyrl[^\\/]*[\\/]?[^\\/]*$/i, 4],
  [/(?:^|[\\/_.-])(?:ppo|grpo|dapo|gspo|rloo|rl)(?:[\\/_.-]|$)/i, 3],
  [/train|rollout|generat/i, 2],
  [/(?:^|[\\/])(?:configs?|conf|examples?)[\\/]/i, 1],
  [/[\\/]\.(?!hydra)[^\\/]+[\\/]/, -3],
  [/[\\/](?:\.hydra|outputs?|multirun|runs|checkpoints?|ckpts)[\\/]/i, -4],
  [/docker-compose|mkdocs|pre-commit|chart|values\.ya?ml$/i, -4],
  [/[\\/]skyrl[\w.-]*[\\/](?:[^\\/]+[\\/])?(?:examples|integrations)[\\/]/i, -12],
  [/[\\/](?:third[_-]?party|vendor(?:ed)?|external|submodules)[\\/]/i, -12],
  [/[\\/]tests?[\\/]/i, -12],
  // SkyRL's defaults, which no run has as they are.
  [/[\\/]ppo_base_config\.ya?ml$/i, -30],
];

/** Points for programs, so that they come after all configs and scripts. */
const programPoints = -100;

function score(path: string): number {
  const base = isLauncherFormat(configFormatByName(path)) ? programPoints : 0;
  return likelihood.reduce((sum, [pattern, points]) => sum + (pattern.test(path) ? points : 0), base);
}

/** Programs that are likely to start runs, by their names or folders. */
const likelyProgram =
  /(?:^|[\\/_.-])(?:skyrl|launch|train|run|submit|sweep|start|main|jobs?|exp|experiments?|slurm|modal|sky|rl|ppo|grpo|dapo|gspo|rloo|rollouts?)(?:[\\/_.-]|er|ing|s?$)/i;
const testFolder = /(?:^|[\\/])tests?[\\/]/;

/**
 * Whether the search considers a path of the workspace: by its name, outside skipped folders; of Python files only
 * likely launchers. The folders that the workspace itself is in do not count: the path begins at the workspace, with `/`.
 */
export function isCandidate(path: string): boolean {
  const format = configFormatByName(path);
  if (format === undefined || path.split(/[\\/]/).some((folder) => skippedFolders.has(folder))) return false;
  return format !== 'python' || (likelyProgram.test(path) && !testFolder.test(path) && !isTestProgram(path));
}

interface RankedPath {
  path: string;
  score: number;
  depth: number;
}

/** `name` is the path in the workspace. */
const rankPath = (path: string, name: string): RankedPath => ({
  path,
  score: score(name),
  depth: name.split(/[\\/]/).length,
});

function sortRanked(names: RankedPath[]): string[] {
  names.sort((one, other) => other.score - one.score || one.depth - other.depth || (one.path < other.path ? -1 : 1));
  return names.map(({ path }) => path);
}

/** Sorts paths by score, then by depth, then by name; `nameOf` gives the path in the workspace. */
export const sortByLikelihood = (paths: readonly string[], nameOf: (path: string) => string): string[] =>
  sortRanked(paths.map((path) => rankPath(path, nameOf(path))));

const marker = Buffer.from('generator');
const anyName = `(?:inference_engine|${legacyNames.join('|')})`;
/** `generator:` in YAML or JSON. */
const mappingPattern = /(?:^|[\s{,?])["']?generator["']?\s*:/m;
const anyEngineKey = new RegExp(`\\b${anyName}["']?\\s*[:.]`);
/** A dotted engine key in a word, a line or a JSON text. */
const dottedPattern = new RegExp(`\\bgenerator\\.${anyName}\\b`);
/** A word of SkyRL's: names that other programs use as well do not make a config on their own. */
const distinctPattern = new RegExp(
  `\\b(?:inference_engine|${distinctNames.join('|')}|trainer|skyrl|env_class|train_data|val_data|sampling_params|n_samples_per_prompt)`,
);

/** An override, a dotted key or a subscript in a text of a program; an attribute such as `cfg.generator.…` is none. */
const literalPattern = /["'`\s]\+{0,2}generator\.[\w.]{1,200}(?:=|\\?["']\s*(?::|\]\s*=))/;

/** Whether the bytes of a file mention an engine key under `generator`, nested or dotted. Nothing is parsed. */
export function looksLikeConfig(bytes: Uint8Array, file = 'config.yaml'): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length > maxConfigLength || !buffer.includes(marker)) return false;
  const text = buffer.toString('latin1');
  const format = configFormatByName(file);
  if (isLauncherFormat(format)) return dottedPattern.test(text) && literalPattern.test(text);
  if (dottedPattern.test(text)) return true;
  if (format === 'overrides' || !distinctPattern.test(text)) return false;
  return mappingPattern.test(text) && anyEngineKey.test(text);
}

/** What a file is. `unreadable` names SkyRL's keys but cannot be parsed, such as a config in the middle of an edit. */
export type Classification = 'config' | 'unreadable' | 'other';

/** Classifies one file by its bytes; `parsed` says whether they were parsed as a config. */
export type Classifier = (
  file: string,
  bytes: Uint8Array,
) => Promise<{ classification: Classification; parsed: boolean }>;

/** What the search needs. */
export interface SearchOptions {
  /** Paths of files in any order; those that are no candidates are skipped. */
  files: AsyncIterable<string> | Iterable<string>;
  /** The path of a file in the workspace, with `/` in front; likely names and folders are looked for in it. */
  nameOf: (file: string) => string;
  /** A file's bytes, or undefined for one that is too large to be a config. A file that cannot be read is skipped. */
  read: (file: string) => Promise<Uint8Array | undefined>;
  classify: Classifier;
  signal: AbortSignal;
  /** Yields to other work; called after each slice of about 8 ms. */
  pause: () => Promise<void>;
}

/** What the search found. */
export interface SearchResult {
  /** SkyRL configs, the likeliest first. */
  configs: string[];
  unreadable: string[];
  /** False if the search was cancelled, or there were more files than it considers (20,000 names, 3,000 of them read). */
  complete: boolean;
  /** How many candidates there were, how many of them were read, and how many of those parsed. */
  counts: { candidates: number; reads: number; parses: number };
}

/** Searches in slices. Rejects only if `files` does; when cancelled it returns what it has at the next file. */
export async function findConfigs({
  files,
  nameOf,
  read,
  classify,
  signal,
  pause,
}: SearchOptions): Promise<SearchResult> {
  const counts = { candidates: 0, reads: 0, parses: 0 };
  const result: SearchResult = { configs: [], unreadable: [], complete: true, counts };
  const names: RankedPath[] = [];
  let seen = 0;
  let sliceEnd = performance.now() + sliceMs;
  for await (const file of files) {
    if (signal.aborted) return { ...result, complete: false };
    const name = nameOf(file);
    if (isCandidate(name)) names.push(rankPath(file, name));
    if (names.length >= maxNames) break;
    if (++seen % namesPerLook !== 0 || (seen % namesPerSlice !== 0 && performance.now() < sliceEnd)) continue;
    await pause();
    sliceEnd = performance.now() + sliceMs;
  }
  counts.candidates = names.length;
  // Programs come last, and a workspace may have thousands that start nothing.
  const configs = names.filter(({ path }) => !isLauncherFormat(configFormatByName(path)));
  result.complete = names.length < maxNames && configs.length <= maxReads;
  const ordered = sortRanked(names).slice(0, maxReads);
  await pause();
  sliceEnd = performance.now() + sliceMs;
  for (let at = 0; at < ordered.length; at += readsAtOnce) {
    const batch = ordered.slice(at, at + readsAtOnce);
    const contents = batch.map((file) =>
      signal.aborted ? Promise.resolve(undefined) : read(file).catch(() => undefined),
    );
    for (const [index, file] of batch.entries()) {
      const bytes = await contents[index];
      if (signal.aborted) return { ...result, complete: false };
      if (bytes === undefined) continue;
      counts.reads++;
      const { classification, parsed } = await classify(file, bytes);
      if (parsed) counts.parses++;
      if (classification === 'config') result.configs.push(file);
      else if (classification === 'unreadable') result.unreadable.push(file);
      if (performance.now() < sliceEnd) continue;
      await pause();
      sliceEnd = performance.now() + sliceMs;
    }
  }
  return result;
}

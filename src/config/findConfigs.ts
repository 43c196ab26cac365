/** Finds the SkyRL configs among a workspace's files: by name, then by a byte test, and only then by reading. */
import { legacyNames } from './keys';
import { configFormatByName, maxConfigLength } from './configFormat';
import { sliceMs } from '../shared/timeSlice';

const maxNames = 20_000;
const maxReads = 3_000;
/** Files that are read beside each other, while the disk is waited for. */
const readsAtOnce = 8;
/** The clock is looked at after so many names; a slice has no more than so many. */
const namesPerLook = 100;
const namesPerSlice = 1_000;

/** Installed packages, caches and logs. Dumped configs (`outputs/…`, `.hydra/`) are looked at, after all others. */
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

/** How likely a file of such a path is the config a person means; the sum counts. */
const likelihood: readonly (readonly [RegExp, number])[] = [
  [/skyrl/i, 4],
  [/(?:^|[\\/_.-])(?:ppo|grpo|dapo|gspo|rloo|rl)(?:[\\/_.-]|$)/i, 3],
  [/train|rollout|generat/i, 2],
  [/(?:^|[\\/])(?:configs?|conf|examples?)[\\/]/i, 1],
  [/[\\/]\.(?!hydra)[^\\/]+[\\/]/, -3],
  [/[\\/](?:\.hydra|outputs?|multirun|runs|checkpoints?|ckpts)[\\/]/i, -4],
  [/docker-compose|mkdocs|pre-commit|chart|values\.ya?ml$/i, -4],
];

function score(path: string): number {
  return likelihood.reduce((sum, [pattern, points]) => sum + (pattern.test(path) ? points : 0), 0);
}

/** Whether a file of this path is looked at: by its ending, and not in a folder of packages and caches. */
export function isCandidate(path: string): boolean {
  return configFormatByName(path) !== undefined && !path.split(/[\\/]/).some((folder) => skippedFolders.has(folder));
}

interface RankedPath {
  path: string;
  score: number;
  depth: number;
}

const rankPath = (path: string): RankedPath => ({ path, score: score(path), depth: path.split(/[\\/]/).length });

function sortRanked(names: RankedPath[]): string[] {
  names.sort((one, other) => other.score - one.score || one.depth - other.depth || (one.path < other.path ? -1 : 1));
  return names.map(({ path }) => path);
}

/** Likely ones first; among equals those nearer to the root, then by name. */
export const sortByLikelihood = (paths: readonly string[]): string[] => sortRanked(paths.map(rankPath));

const marker = Buffer.from('generator');
const nameOfEngineKey = `(?:inference_engine|${legacyNames.join('|')})`;
/** `generator:` and an engine's key somewhere, in YAML and JSON. */
const mappingPattern = /(?:^|[\s{,?])["']?generator["']?\s*:/m;
const anyEngineKey = new RegExp(`\\b${nameOfEngineKey}["']?\\s*[:.]`);
/** A dotted key in a word, a line or a JSON text. */
const dottedPattern = new RegExp(`\\bgenerator\\.${nameOfEngineKey}\\b`);

/** Whether a file may be a SkyRL config, by its bytes alone: an engine's key under `generator`, be it dotted. Parses nothing. */
export function looksLikeConfig(bytes: Uint8Array, file = 'config.yaml'): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length > maxConfigLength || !buffer.includes(marker)) return false;
  const text = buffer.toString('latin1');
  return (
    dottedPattern.test(text) ||
    (configFormatByName(file) !== 'overrides' && mappingPattern.test(text) && anyEngineKey.test(text))
  );
}

/** What one file is: `unreadable` names SkyRL's keys but cannot be read, as a config in the middle of an edit. */
export type Classification = 'config' | 'unreadable' | 'other';

/** Judges one file by its bytes; `parsed`: they were read as a config, too. */
export type Classifier = (
  file: string,
  bytes: Uint8Array,
) => Promise<{ classification: Classification; parsed: boolean }>;

export interface SearchOptions {
  /** Paths of files, in any order; those that are no candidates are passed over. */
  files: AsyncIterable<string> | Iterable<string>;
  /** A file's bytes, or undefined for one that is too large to be a config. A file whose reading fails is passed over. */
  read: (file: string) => Promise<Uint8Array | undefined>;
  classify: Classifier;
  signal: AbortSignal;
  /** Lets others work; called after each slice of about 8 ms. */
  pause: () => Promise<void>;
}

export interface SearchResult {
  /** Files that are SkyRL configs, the likelier ones first. */
  configs: string[];
  unreadable: string[];
  /** False if it was cancelled, or there were more files than it looks at (20,000 names, 3,000 of them read). */
  complete: boolean;
  /** How many files of a fitting name there were, how many of them were read, and how many of those parsed. */
  counts: { candidates: number; reads: number; parses: number };
}

/** Searches in slices, by name, then by bytes, then by reading. Rejects only where `files` does; when cancelled, returns at the next file with what it has. */
export async function findConfigs({ files, read, classify, signal, pause }: SearchOptions): Promise<SearchResult> {
  const looked = { candidates: 0, reads: 0, parses: 0 };
  const result: SearchResult = { configs: [], unreadable: [], complete: true, counts: looked };
  const names: RankedPath[] = [];
  let seen = 0;
  let sliceEnd = performance.now() + sliceMs;
  for await (const file of files) {
    if (signal.aborted) return { ...result, complete: false };
    if (isCandidate(file)) names.push(rankPath(file));
    if (names.length >= maxNames) break;
    if (++seen % namesPerLook !== 0 || (seen % namesPerSlice !== 0 && performance.now() < sliceEnd)) continue;
    await pause();
    sliceEnd = performance.now() + sliceMs;
  }
  looked.candidates = names.length;
  result.complete = names.length < maxNames && names.length <= maxReads;
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
      looked.reads++;
      const { classification, parsed } = await classify(file, bytes);
      if (parsed) looked.parses++;
      if (classification === 'config') result.configs.push(file);
      else if (classification === 'unreadable') result.unreadable.push(file);
      if (performance.now() < sliceEnd) continue;
      await pause();
      sliceEnd = performance.now() + sliceMs;
    }
  }
  return result;
}

/** Finds the SkyRL configs among a workspace's files: by name, then by a byte test, and only then by reading. */
import { legacyNames } from './keys';
import { maxConfigLength, readConfig } from './read';
import type { Environment } from './resolve';

const maxNames = 20_000;
const maxReads = 2_000;
/** Work between two pauses: about as long as nobody notices. */
const sliceMs = 8;
const namesPerSlice = 2_000;

/** Installed packages, caches and logs. Dumped configs (`outputs/…`, `.hydra/`) are looked at, after all others. */
const skipped = new Set(['node_modules', '.git', '.hg', '.venv', 'venv', '.tox', '.nox', 'site-packages', '__pycache__', '.mypy_cache', '.pytest_cache', '.ruff_cache', 'wandb']);

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

function isCandidate(path: string): boolean {
  return /\.ya?ml$/i.test(path) && !path.split(/[\\/]/).some((folder) => skipped.has(folder));
}

/** Likely ones first; among equals those nearer to the root, then by name. */
function byLikelihood(paths: readonly string[]): string[] {
  const keyed = paths.map((path) => ({ path, score: score(path), depth: path.split(/[\\/]/).length }));
  keyed.sort((one, other) => other.score - one.score || one.depth - other.depth || (one.path < other.path ? -1 : 1));
  return keyed.map(({ path }) => path);
}

const needed = Buffer.from('generator');
const oneOf = ['inference_engine', ...legacyNames].map((name) => Buffer.from(name));

/** Whether a file may be a SkyRL config, by its bytes alone: `generator` and the name of an engine key. Parses nothing. */
export function looksLikeConfig(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(needed) && oneOf.some((name) => buffer.includes(name));
}

const brokenIds = new Set(['config-syntax', 'config-duplicate-key']);

export interface SearchOptions {
  /** Paths of files, in any order; those that are no YAML or in a folder of packages and caches are passed over. */
  files: AsyncIterable<string> | Iterable<string>;
  /** A file's bytes. A file whose reading fails is passed over. */
  read: (file: string) => Promise<Uint8Array>;
  signal: AbortSignal;
  /** Lets others work; called after each slice of about 8 ms. */
  pause: () => Promise<void>;
  environment?: Environment;
}

export interface SearchResult {
  /** Files that are SkyRL configs, the likelier ones first. */
  configs: string[];
  /** Files that name SkyRL's keys but cannot be read as YAML: a config in the middle of an edit, perhaps. */
  unreadable: string[];
  /** False if it was cancelled, or there were more files than it looks at (20,000 names, 2,000 of them read). */
  complete: boolean;
}

/** Searches in slices. Rejects only where `files` does; when cancelled, returns at the next file with what it has. */
export async function findConfigs({ files, read, signal, pause, environment = {} }: SearchOptions): Promise<SearchResult> {
  const result: SearchResult = { configs: [], unreadable: [], complete: true };
  const names: string[] = [];
  let seen = 0;
  for await (const file of files) {
    if (signal.aborted) return { ...result, complete: false };
    if (isCandidate(file)) names.push(file);
    if (names.length >= maxNames) break;
    if (++seen % namesPerSlice === 0) await pause();
  }
  result.complete = names.length < maxNames && names.length <= maxReads;
  let sliceEnd = performance.now() + sliceMs;
  for (const file of byLikelihood(names).slice(0, maxReads)) {
    if (signal.aborted) return { ...result, complete: false };
    const bytes = await read(file).catch(() => undefined);
    if (bytes !== undefined && bytes.byteLength <= maxConfigLength && looksLikeConfig(bytes)) {
      const { config, findings } = await readConfig(new TextDecoder().decode(bytes), { file, environment });
      if (config !== undefined) result.configs.push(file);
      else if (findings.some(({ id }) => brokenIds.has(id))) result.unreadable.push(file);
    }
    if (performance.now() >= sliceEnd) {
      await pause();
      sliceEnd = performance.now() + sliceMs;
    }
  }
  return result;
}

/** From a sample's name and labels to what it means: which engine, which family, which part. */
import { bareName } from '../exposition/names';
import type { Labels } from '../exposition/line';
import { catalogRow, curated } from './catalog';

export type Part = 'gauge' | 'counter' | 'bucket' | 'sum' | 'count';

interface Spelling {
  family: string;
  part: Part;
  /** Of several spellings in one answer the lowest counts: a doubled or renamed series counts once. */
  rank: number;
}

/** What stands behind a series, made once when it is interned. */
export interface SeriesMeta extends Spelling {
  /** Engine key; undefined for what is the process's own. */
  engine: string | undefined;
  workerId?: string;
  node: string;
  model?: string;
  /** Data-parallel rank, natively the engine's number. */
  rankLabel: string;
  rayVersion?: string;
  session?: string;
  /** `le` as a number; `position` of an accepted draft token; `sleep_state`. */
  bound?: number;
  position?: number;
  sleepState?: string;
  /** Engine, family, part and the labels that tell series apart: the same over scrapes, restarts of the target and changes of noise labels. */
  identity: string;
}

/** Old names of families (renames: vLLM 0.9 and 0.11). */
const oldNames: Record<string, string> = {
  gpu_cache_usage_perc: 'kv_cache_usage_perc',
  gpu_prefix_cache_queries: 'prefix_cache_queries',
  gpu_prefix_cache_hits: 'prefix_cache_hits',
  time_per_output_token_seconds: 'inter_token_latency_seconds',
};

export const speculation = {
  drafts: 'spec_decode_num_drafts',
  draftTokens: 'spec_decode_num_draft_tokens',
  accepted: 'spec_decode_num_accepted_tokens',
  acceptedAt: 'spec_decode_num_accepted_tokens_per_pos',
} as const;

export const sleepFamily = 'engine_sleep_state';
export const startTimeFamily = 'process_start_time_seconds';

const counters = new Set<string>(Object.values(speculation));
const histograms = new Set<string>();
const gauges = new Set<string>([sleepFamily]);
/** The rows that are measured. */
export const measured = [...curated, catalogRow('kv_cache_usage_mean')];
const into = { gauge: gauges, rate: counters, increase: counters, ratio: counters, quotient: counters, mean: histograms, quantile: histograms };
for (const { kind, families } of measured) for (const family of families) into[kind].add(family);

/** Every sample name we read, bare. Counters come with `_total`, doubled with and without (Ray ≤ 2.51), or only without (2.52.0). */
const spellings = new Map<string, Spelling>();

function addSpellings(name: string, family: string, rank: number): void {
  if (gauges.has(family)) spellings.set(name, { family, part: 'gauge', rank });
  if (counters.has(family)) {
    spellings.set(`${name}_total`, { family, part: 'counter', rank });
    spellings.set(name, { family, part: 'counter', rank: rank + 1 });
  }
  if (histograms.has(family)) for (const part of ['bucket', 'sum', 'count'] as const) spellings.set(`${name}_${part}`, { family, part, rank });
}
for (const family of [...gauges, ...counters, ...histograms]) addSpellings(family, family, 0);
for (const [name, family] of Object.entries(oldNames)) addSpellings(name, family, 2);

function spellingOf(name: string): Spelling | undefined {
  if (name === startTimeFamily) return { family: startTimeFamily, part: 'gauge', rank: 0 };
  const bare = bareName(name);
  return bare === undefined ? undefined : spellings.get(bare);
}

/** Whether samples of this name are read at all. */
export function isWanted(name: string): boolean {
  return spellingOf(name) !== undefined;
}

/**
 * Labels that name the reporter or the release, not the series: they may change while the series goes on.
 * `model` and `model_name` stay, since one engine can serve several.
 */
const noise = new Set(['Component', 'NodeAddress', 'ReplicaId', 'SessionName', 'Version', 'WorkerId', 'JobId', 'pid', 'engine']);
const isNoise = (label: string): boolean => noise.has(label) || label.startsWith('otel_scope_');

/** `le` as a number, so that `1` and `1.0` are one bucket; NaN where it is none. */
function boundOf(le: string): number {
  if (/^\+?inf$/i.test(le)) return Infinity;
  return /^[-+.\de]+$/i.test(le) ? Number(le) : NaN;
}

/** What the labels say but for `le`: the same for all series of an engine, so that it is made once for them all. */
interface Origin {
  engine: string;
  rankLabel: string;
  node: string;
  /** The labels that tell series of one family apart. */
  own: string;
  optional: Partial<SeriesMeta>;
}

const origins = new WeakMap<Labels['rest'], Origin>();

function originOf(target: string, rest: Labels['rest']): Origin {
  const workerId = rest.get('WorkerId') || undefined;
  const rankLabel = rest.get('engine') ?? '0';
  const own = [...rest].filter(([label]) => !isNoise(label)).sort(([a], [b]) => (a < b ? -1 : 1));
  const optional = {
    workerId,
    model: rest.get('model_name'),
    rayVersion: rest.get('Version'),
    session: rest.get('SessionName'),
    position: rest.has('position') ? Number(rest.get('position')) : undefined,
    sleepState: rest.get('sleep_state'),
  };
  return {
    engine: workerId ?? `${target} ${rankLabel}`,
    rankLabel,
    node: rest.get('NodeAddress') ?? hostOf(target),
    own: JSON.stringify(own),
    optional: Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

/** What a series of `target` means, or undefined where it is none of ours. Ray's engines are their WorkerId, a server's its URL and rank. */
export function describeSeries(target: string, name: string, { rest, le }: Labels): SeriesMeta | undefined {
  const spelling = spellingOf(name);
  if (!spelling) return undefined;
  const bound = spelling.part === 'bucket' ? boundOf(le ?? '') : undefined;
  if (Number.isNaN(bound)) return undefined;
  let origin = origins.get(rest);
  if (!origin) {
    origin = originOf(target, rest);
    origins.set(rest, origin);
  }
  const { node, rankLabel, own, optional } = origin;
  const engine = spelling.family === startTimeFamily ? undefined : origin.engine;
  return {
    ...spelling,
    engine,
    node,
    rankLabel,
    identity: `${engine ?? ''}\n${spelling.family}\n${spelling.part}\n${bound ?? ''}\n${own}`,
    ...(bound !== undefined && { bound }),
    ...optional,
  };
}

const hostOf = (target: string): string => (URL.canParse(target) ? new URL(target).hostname : target);

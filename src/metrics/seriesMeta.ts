/** From a sample's name and labels to what it means: whose it is, which family, which part. */
import { canonicalName } from '../exposition/canonicalName';
import type { Labels } from '../exposition/parseLine';
import type { Subject } from './catalog';
import { wantedFamilies, type WantedFamily } from './catalogIndex';

export type SamplePart = 'gauge' | 'counter' | 'bucket' | 'sum' | 'count';

export interface Spelling {
  family: string;
  wanted: WantedFamily;
  part: SamplePart;
  /** Of several spellings in one answer the lowest counts: a doubled or renamed series counts once. */
  rank: number;
}

/** What stands behind the series of one name and the same labels but `le`, made once for them all. */
export interface SeriesMeta {
  family: string;
  familyNumber: number;
  part: SamplePart;
  rank: number;
  subject: Subject;
  /** Whose it is: the same over scrapes. Undefined for what is the answering process's own. */
  key: string | undefined;
  workerId?: string | undefined;
  node: string;
  model?: string | undefined;
  rayVersion?: string | undefined;
  session?: string | undefined;
  /** But for `le`. */
  labels: Labels;
  /** Family, part and the labels that tell series apart: the same over scrapes, restarts of the target and changes of noise labels. */
  identity: string;
}

/** From this rank on a spelling is an old name. */
export const oldNameRank = 2;

/** Old names of families (renames: vLLM 0.9 and 0.11). */
export const oldNames: Readonly<Record<string, string>> = {
  gpu_cache_usage_perc: 'kv_cache_usage_perc',
  gpu_prefix_cache_queries: 'prefix_cache_queries',
  gpu_prefix_cache_hits: 'prefix_cache_hits',
  time_per_output_token_seconds: 'inter_token_latency_seconds',
};

const startTimeFamily = 'process_start_time_seconds';

/** Every sample name we read, bare. Counters come with `_total`, doubled with and without (Ray ≤ 2.51), or only without (2.52.0). */
const spellings = new Map<string, Spelling>();

function addSpellings(name: string, family: string, rank: number): void {
  const wanted = wantedFamilies.get(family);
  if (!wanted) return;
  const add = (sample: string, part: SamplePart, more = 0): void =>
    void spellings.set(sample, { family, wanted, part, rank: rank + more });
  if (wanted.parts.has('gauge')) add(name, 'gauge');
  if (wanted.parts.has('counter')) {
    add(`${name}_total`, 'counter');
    add(name, 'counter', 1);
  }
  if (wanted.histogram) for (const part of ['bucket', 'sum', 'count'] as const) add(`${name}_${part}`, part);
}
for (const family of wantedFamilies.keys()) addSpellings(family, family, 0);
for (const [name, family] of Object.entries(oldNames)) addSpellings(name, family, oldNameRank);

/** By name as it stands in an answer: there are a few spellings of each, and every engine comes with all of them. */
const spelled = new Map<string, Spelling>();

/** Which family and part a sample's name is; undefined where it is not read. */
export function spellingOf(name: string): Spelling | undefined {
  const known = spelled.get(name);
  if (known) return known;
  const bare = canonicalName(name);
  const spelling = bare === undefined ? undefined : spellings.get(bare);
  if (spelling) spelled.set(name, spelling);
  return spelling;
}

/** Whether samples of this name are read at all. */
export function isWanted(name: string): boolean {
  return name === startTimeFamily || spellingOf(name) !== undefined;
}

/**
 * Labels that name the reporter or the release, not the series: they may change while the series goes on.
 * `model` and `model_name` stay, since one engine can serve several.
 */
const noise = new Set([
  'Component',
  'NodeAddress',
  'ReplicaId',
  'SessionName',
  'Version',
  'WorkerId',
  'JobId',
  'engine',
  'ip',
  'IsHeadNode',
  'RayNodeType',
  'GpuIndex',
  'GpuDeviceName',
]);
/** Processes that share a server each have their own gauge; their counters are summed before we see them. */
export const isNoise = (label: string, part: SamplePart): boolean =>
  noise.has(label) || label.startsWith('otel_scope_') || (label === 'pid' && part !== 'gauge');

function readBound(le: string): number {
  if (/^\+?inf$/i.test(le)) return Infinity;
  return /^[-+.\de]+$/i.test(le) ? Number(le) : NaN;
}

/** Histograms share their bounds, and all engines have the same. */
const bounds = new Map<string, number>();
const mostBounds = 1_000;

/** `le` as a number, so that `1` and `1.0` are one bucket; NaN where it is none. */
export function boundOf(le: string): number {
  let bound = bounds.get(le);
  if (bound === undefined) {
    bound = readBound(le);
    if (bounds.size < mostBounds) bounds.set(le, bound);
  }
  return bound;
}

/** What a key is made of. */
type Labelled = Pick<Labels, 'get'>;

const keys: Record<Subject, (labels: Labelled, target: string) => string> = {
  engine: (labels, target) => labels.get('WorkerId') || `${target} ${labels.get('engine') ?? '0'}`,
  trainer: (labels, target) => `trainer ${labels.get('WorkerId') || target}`,
  node: (labels, target) => `node ${labels.get('ip') ?? hostOf(target)}`,
  gpu: (labels, target) => `gpu ${labels.get('ip') ?? hostOf(target)} ${labels.get('GpuIndex') ?? ''}`,
  server: (_, target) => `server ${target}`,
};

/** Whose series with these labels is: the same over scrapes. `target` is the URL that shows it. */
export const subjectKey = (subject: Subject, labels: Labelled, target: string): string => keys[subject](labels, target);

/** The labels that tell series of one family apart. Engines of one model have the same, and so the same identities: each is held once. */
interface OwnLabels {
  text: string;
  identities: Map<Spelling, string>;
}

const owns = new Map<string, OwnLabels>();
const mostOwns = 1_000;
/** A stranger's labels may be of any length; those of engines have some hundred characters. */
const longestOwn = 2_000;

function ownLabels(labels: Labels, part: SamplePart): OwnLabels {
  const text = JSON.stringify(
    [...labels].filter(([label]) => !isNoise(label, part)).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const own = owns.get(text) ?? { text, identities: new Map<Spelling, string>() };
  if (owns.size < mostOwns && text.length <= longestOwn) owns.set(text, own);
  return own;
}

function identityOf(spelling: Spelling, { text, identities }: OwnLabels): string {
  let identity = identities.get(spelling);
  if (identity === undefined) {
    identity = `${spelling.family}\n${spelling.part}\n${text}`;
    identities.set(spelling, identity);
  }
  return identity;
}

/** What the labels say but for `le`: the same for all series of an engine, so that it is made once for them all. */
interface Origin extends Pick<SeriesMeta, 'node' | 'workerId' | 'model' | 'rayVersion' | 'session'> {
  keys: Partial<Record<Subject, string>>;
  /** Of gauges, and of what counts. */
  ofGauges: OwnLabels | undefined;
  ofCounters: OwnLabels | undefined;
}

const origins = new WeakMap<Labels, Origin>();

const newOrigin = (target: string, labels: Labels): Origin => ({
  node: labels.get('NodeAddress') ?? labels.get('ip') ?? hostOf(target),
  workerId: labels.get('WorkerId') || undefined,
  model: labels.get('model_name'),
  rayVersion: labels.get('Version'),
  session: labels.get('SessionName'),
  keys: {},
  ofGauges: undefined,
  ofCounters: undefined,
});

function originOf(target: string, rest: Labels): Origin {
  let origin = origins.get(rest);
  if (!origin) {
    origin = newOrigin(target, rest);
    origins.set(rest, origin);
  }
  return origin;
}

/** What series of `target` mean, by their name and their labels but `le`; undefined where they are none of ours. Ray's engines are their WorkerId, a server's its URL and rank. */
export function describeSeries(target: string, name: string, labels: Labels): SeriesMeta | undefined {
  if (name === startTimeFamily)
    return {
      family: name,
      familyNumber: 0,
      part: 'gauge',
      rank: 0,
      subject: 'server',
      key: undefined,
      node: hostOf(target),
      labels,
      identity: name,
    };
  const spelling = spellingOf(name);
  if (!spelling) return undefined;
  const {
    family,
    wanted: { subject, number },
    part,
    rank,
  } = spelling;
  const origin = originOf(target, labels);
  const { node, workerId, model, rayVersion, session } = origin;
  const own =
    part === 'gauge' ? (origin.ofGauges ??= ownLabels(labels, part)) : (origin.ofCounters ??= ownLabels(labels, part));
  return {
    family,
    familyNumber: number,
    part,
    rank,
    subject,
    labels,
    node,
    workerId,
    model,
    rayVersion,
    session,
    key: (origin.keys[subject] ??= keys[subject](labels, target)),
    identity: identityOf(spelling, own),
  };
}

const hostOf = (target: string): string => (URL.canParse(target) ? new URL(target).hostname : target);

/** From a sample's name and labels to what it means: whose it is, which family, which part. */
import { canonicalName } from '../exposition/canonicalName';
import type { Labels } from '../exposition/parseLine';
import type { SubjectKind } from './catalog';
import { wantedFamilies, type WantedFamily } from './catalogIndex';

export type SampleKind = 'gauge' | 'counter' | 'bucket' | 'sum' | 'count';

export interface SampleName {
  family: string;
  wanted: WantedFamily;
  sampleKind: SampleKind;
  /** Of several spellings in one answer the lowest counts: a doubled or renamed series counts once. */
  rank: number;
}

/** What stands behind the series of one name and the same labels but `le`, made once for them all. */
export interface SeriesMeta {
  family: string;
  familyNumber: number;
  sampleKind: SampleKind;
  rank: number;
  subject: SubjectKind;
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
const sampleNames = new Map<string, SampleName>();

function addSampleNames(name: string, family: string, rank: number): void {
  const wanted = wantedFamilies.get(family);
  if (!wanted) return;
  const add = (sample: string, part: SampleKind, more = 0): void =>
    void sampleNames.set(sample, { family, wanted, sampleKind: part, rank: rank + more });
  if (wanted.scalarKinds.has('gauge')) add(name, 'gauge');
  if (wanted.scalarKinds.has('counter')) {
    add(`${name}_total`, 'counter');
    add(name, 'counter', 1);
  }
  if (wanted.isHistogram) for (const part of ['bucket', 'sum', 'count'] as const) add(`${name}_${part}`, part);
}
for (const family of wantedFamilies.keys()) addSampleNames(family, family, 0);
for (const [name, family] of Object.entries(oldNames)) addSampleNames(name, family, oldNameRank);

/** By name as it stands in an answer: there are a few spellings of each, and every engine comes with all of them. */
const sampleNameCache = new Map<string, SampleName>();

/** Which family and part a sample's name is; undefined where it is not read. */
export function resolveSampleName(name: string): SampleName | undefined {
  const known = sampleNameCache.get(name);
  if (known) return known;
  const bare = canonicalName(name);
  const spelling = bare === undefined ? undefined : sampleNames.get(bare);
  if (spelling) sampleNameCache.set(name, spelling);
  return spelling;
}

/** Whether samples of this name are read at all. */
export function isWanted(name: string): boolean {
  return name === startTimeFamily || resolveSampleName(name) !== undefined;
}

/**
 * Labels that name the reporter or the release, not the series: they may change while the series goes on.
 * `model` and `model_name` stay, since one engine can serve several.
 */
const noiseLabels = new Set([
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
export const isNoiseLabel = (label: string, part: SampleKind): boolean =>
  noiseLabels.has(label) || label.startsWith('otel_scope_') || (label === 'pid' && part !== 'gauge');

function parseBound(le: string): number {
  if (/^\+?inf$/i.test(le)) return Infinity;
  return /^[-+.\de]+$/i.test(le) ? Number(le) : NaN;
}

/** Histograms share their bounds, and all engines have the same. */
const bounds = new Map<string, number>();
const mostBounds = 1_000;

/** `le` as a number, so that `1` and `1.0` are one bucket; NaN where it is none. */
export function bucketBound(le: string): number {
  let bound = bounds.get(le);
  if (bound === undefined) {
    bound = parseBound(le);
    if (bounds.size < mostBounds) bounds.set(le, bound);
  }
  return bound;
}

/** What a key is made of. */
type LabelLookup = Pick<Labels, 'get'>;

const keys: Record<SubjectKind, (labels: LabelLookup, target: string) => string> = {
  engine: (labels, target) => labels.get('WorkerId') || `${target} ${labels.get('engine') ?? '0'}`,
  trainer: (labels, target) => `trainer ${labels.get('WorkerId') || target}`,
  node: (labels, target) => `node ${labels.get('ip') ?? hostOf(target)}`,
  gpu: (labels, target) => `gpu ${labels.get('ip') ?? hostOf(target)} ${labels.get('GpuIndex') ?? ''}`,
  server: (_, target) => `server ${target}`,
};

/** Whose series with these labels is: the same over scrapes. `target` is the URL that shows it. */
export const subjectKey = (subject: SubjectKind, labels: LabelLookup, target: string): string =>
  keys[subject](labels, target);

/** The labels that tell series of one family apart. Engines of one model have the same, and so the same identities: each is held once. */
interface IdentityLabels {
  text: string;
  identities: Map<SampleName, string>;
}

const identityLabelCache = new Map<string, IdentityLabels>();
const mostOwns = 1_000;
/** A stranger's labels may be of any length; those of engines have some hundred characters. */
const longestOwn = 2_000;

function identityLabels(labels: Labels, part: SampleKind): IdentityLabels {
  const text = JSON.stringify(
    [...labels].filter(([label]) => !isNoiseLabel(label, part)).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const own = identityLabelCache.get(text) ?? { text, identities: new Map<SampleName, string>() };
  if (identityLabelCache.size < mostOwns && text.length <= longestOwn) identityLabelCache.set(text, own);
  return own;
}

function identityOf(spelling: SampleName, { text, identities }: IdentityLabels): string {
  let identity = identities.get(spelling);
  if (identity === undefined) {
    identity = `${spelling.family}\n${spelling.sampleKind}\n${text}`;
    identities.set(spelling, identity);
  }
  return identity;
}

/** What the labels say but for `le`: the same for all series of an engine, so that it is made once for them all. */
interface ParsedLabels extends Pick<SeriesMeta, 'node' | 'workerId' | 'model' | 'rayVersion' | 'session'> {
  keys: Partial<Record<SubjectKind, string>>;
  /** Of gauges, and of what counts. */
  gaugeLabels: IdentityLabels | undefined;
  counterLabels: IdentityLabels | undefined;
}

const parsedLabelCache = new WeakMap<Labels, ParsedLabels>();

const parseLabels = (target: string, labels: Labels): ParsedLabels => ({
  node: labels.get('NodeAddress') ?? labels.get('ip') ?? hostOf(target),
  workerId: labels.get('WorkerId') || undefined,
  model: labels.get('model_name'),
  rayVersion: labels.get('Version'),
  session: labels.get('SessionName'),
  keys: {},
  gaugeLabels: undefined,
  counterLabels: undefined,
});

function parsedLabelsOf(target: string, rest: Labels): ParsedLabels {
  let origin = parsedLabelCache.get(rest);
  if (!origin) {
    origin = parseLabels(target, rest);
    parsedLabelCache.set(rest, origin);
  }
  return origin;
}

/** What series of `target` mean, by their name and their labels but `le`; undefined where they are none of ours. Ray's engines are their WorkerId, a server's its URL and rank. */
export function describeSeries(target: string, name: string, labels: Labels): SeriesMeta | undefined {
  if (name === startTimeFamily)
    return {
      family: name,
      familyNumber: 0,
      sampleKind: 'gauge',
      rank: 0,
      subject: 'server',
      key: undefined,
      node: hostOf(target),
      labels,
      identity: name,
    };
  const spelling = resolveSampleName(name);
  if (!spelling) return undefined;
  const {
    family,
    wanted: { subject, number },
    sampleKind,
    rank,
  } = spelling;
  const origin = parsedLabelsOf(target, labels);
  const { node, workerId, model, rayVersion, session } = origin;
  const own =
    sampleKind === 'gauge'
      ? (origin.gaugeLabels ??= identityLabels(labels, sampleKind))
      : (origin.counterLabels ??= identityLabels(labels, sampleKind));
  return {
    family,
    familyNumber: number,
    sampleKind,
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

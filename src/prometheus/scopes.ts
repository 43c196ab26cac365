/**
 * Sets of series of one run in a Prometheus: their matchers, their spellings, and the labels that tell subjects apart.
 */
import { hostOf } from '../http/hostNames';
import type { Selector, SubjectKind } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { oldNameRank, type SampleKind } from '../metrics/sampleNames';
import { subjectKey } from '../metrics/subjectKey';
import { labelName, oneOf, quoteString, seriesSelector } from './promqlText';
import type { LabelSet } from './responseData';

/** Series of a run that are spelled alike: those that Ray's agents publish, or those of servers. */
export interface SeriesScope {
  kind: 'ray' | 'native';
  matchers: readonly string[];
  /** Further matchers for engines' series. */
  engineMatchers: readonly string[];
  /** Leave one copy of each series, if this Prometheus has several. */
  copyMatchers?: readonly string[];
  /** Ends each selector: evaluates it at a fixed time. */
  atModifier?: string;
  sampleNames: SampleNames;
}

/** The sample names of a scope. */
export interface SampleNames {
  /** By family and sample kind, as `generation_tokens counter`. */
  names: ReadonlyMap<string, readonly string[]>;
  /** Families that have an old name only. */
  renamedFamilies: ReadonlySet<string>;
}

const sampleKey = (family: string, kind: SampleKind): string => `${family} ${kind}`;

/** Sorts sample names by what they are of. If something has several spellings the newest counts, as in a scrape. */
export function indexSampleNames(
  { sampleNames }: CatalogIndex,
  kind: SeriesScope['kind'],
  names: readonly string[],
): SampleNames {
  const best = new Map<string, { rank: number; names: string[] }>();
  const renamedFamilies = new Set<string>();
  for (const name of names) {
    const sampleName = name.startsWith('ray_') === (kind === 'ray') ? sampleNames.resolve(name) : undefined;
    if (!sampleName) continue;
    const { family, sampleKind, rank } = sampleName;
    const key = sampleKey(family, sampleKind);
    const known = best.get(key);
    if (!known || rank < known.rank) best.set(key, { rank, names: [name] });
    else if (rank === known.rank) known.names.push(name);
    if (rank >= oldNameRank) renamedFamilies.add(family);
  }
  return { names: new Map([...best].map(([key, { names: spellings }]) => [key, spellings])), renamedFamilies };
}

/** Whether a scope has samples of a family. */
export const hasSamples = ({ sampleNames }: SeriesScope, family: string, kind: SampleKind): boolean =>
  sampleNames.names.has(sampleKey(family, kind));

/** Matches every name that a scope can have. */
export const nameMatchers: Record<SeriesScope['kind'], string> = {
  ray: '__name__=~"ray_(vllm|skyrl|node)[:_].+"',
  native: '__name__=~"(vllm|lmcache)[:_].+|dynamo_.+|http_.+"',
};

/** Matches series of one Ray session. */
export const sessionMatcher = (session: string): string => `SessionName=${quoteString(session)}`;
/** A label that names the scraped server. A Prometheus that federates without `honor_labels` renames it. */
export type InstanceLabel = 'instance' | 'exported_instance';

/** The server that was scraped, by the labels of one of its series; empty if they name none. */
export const instanceOf = ({ exported_instance: exported, instance }: LabelSet): string => exported || instance || '';

/** Matches series of these instances. */
export const instanceMatcher = (instances: readonly string[], label: InstanceLabel = 'instance'): string =>
  `${label}=~${quoteString(oneOf(instances))}`;
/** Matches series of all workers but these. */
export const excludeWorkersMatcher = (workers: readonly string[]): string => `WorkerId!~${quoteString(oneOf(workers))}`;

/** Both, because a series may have both: then the exported one is the server. */
const instanceLabels = ['instance', 'exported_instance'] as const satisfies readonly InstanceLabel[];

/** The labels that tell subjects of a kind apart. */
export const labelsOfSubject: Record<SeriesScope['kind'], Record<SubjectKind, readonly string[]>> = {
  ray: {
    engine: ['WorkerId'],
    trainer: ['WorkerId', 'NodeAddress'],
    node: ['ip'],
    gpu: ['ip', 'GpuIndex'],
    server: instanceLabels,
  },
  native: {
    engine: [...instanceLabels, 'engine'],
    trainer: instanceLabels,
    node: instanceLabels,
    gpu: [...instanceLabels, 'GpuIndex'],
    server: instanceLabels,
  },
};

/** Series selectors of a scope, one per spelling; empty if it has no such series. */
export function selectSeries(
  { matchers, engineMatchers, copyMatchers = [], atModifier = '', sampleNames }: SeriesScope,
  { family, sampleKind, where = {} }: Omit<Selector, 'sampleKind'> & { sampleKind: SampleKind },
  subject: SubjectKind,
): string[] {
  const labelMatchers = Object.entries(where).map(([label, value]) => `${labelName(label)}=${quoteString(value)}`);
  const all = [
    ...labelMatchers,
    ...matchers,
    ...(subject === 'engine' ? engineMatchers : []),
    // What a trainer says is never summed, and the copies of engines may leave out its node.
    ...(subject === 'trainer' ? [] : copyMatchers),
  ];
  return (sampleNames.names.get(sampleKey(family, sampleKind)) ?? []).map(
    (name) => `${seriesSelector(name, all)}${atModifier}`,
  );
}

/** The samples of a selector of `selectSeries` over a range, a PromQL duration. */
export const overRange = (series: string, range: string): string =>
  series.replace(/(?: @ [\d.]+)?$/, (atModifier) => `[${range}]${atModifier}`);

/**
 * The URL of an instance's metrics, as a scrape would have it. `targetUrls`: URLs of discovered targets by instance.
 */
const urlOfInstance = (instance: string, targetUrls: ReadonlyMap<string, string>): string =>
  targetUrls.get(instance) ?? `http://${instance}/metrics`;

/**
 * The key of the subject that a sample is about, as a scrape would have it. `targetUrls`: URLs of discovered targets by
 * instance.
 */
export function sampleSubjectKey(
  subject: SubjectKind,
  labels: LabelSet,
  targetUrls: ReadonlyMap<string, string>,
): string {
  const url = urlOfInstance(instanceOf(labels), targetUrls);
  return subjectKey(subject, { get: (label) => labels[label] }, url);
}

/** The address of the machine that labels name; empty if they name none. */
export function nodeOf(labels: LabelSet): string {
  return labels['NodeAddress'] ?? labels['ip'] ?? hostOf(`http://${instanceOf(labels)}`) ?? '';
}

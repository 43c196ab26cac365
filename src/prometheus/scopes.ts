/** Which series of a Prometheus are the run's: on Ray those of its session, natively those of its servers, and how each is spelled there. */
import { hostOf } from '../http/hostNames';
import type { Selector, SubjectKind } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { oldNameRank, type SampleKind } from '../metrics/sampleNames';
import { subjectKey } from '../metrics/subjectKey';
import { oneOf, quoteString } from './matchers';
import type { LabelSet } from './responseData';

export interface SeriesScope {
  kind: 'ray' | 'native';
  matchers: readonly string[];
  /** More matchers, for engines' series. */
  engineMatchers: readonly string[];
  sampleNames: SampleNames;
}

/** Sample names by family and part. */
export interface SampleNames {
  names: ReadonlyMap<string, readonly string[]>;
  /** Families that are there under an old name only. */
  renamedFamilies: ReadonlySet<string>;
}

const partKey = (family: string, part: SampleKind): string => `${family} ${part}`;

/** What these names spell; of several spellings of one thing the newest counts, as in a scrape. */
export function indexSampleNames(
  { sampleNames }: CatalogIndex,
  kind: SeriesScope['kind'],
  names: readonly string[],
): SampleNames {
  const best = new Map<string, { rank: number; names: string[] }>();
  const renamed = new Set<string>();
  for (const name of names) {
    const spelling = name.startsWith('ray_') === (kind === 'ray') ? sampleNames.resolve(name) : undefined;
    if (!spelling) continue;
    const { family, sampleKind, rank } = spelling;
    const known = best.get(partKey(family, sampleKind));
    if (!known || rank < known.rank) best.set(partKey(family, sampleKind), { rank, names: [name] });
    else if (rank === known.rank) known.names.push(name);
    if (rank >= oldNameRank) renamed.add(family);
  }
  return { names: new Map([...best].map(([key, { names: own }]) => [key, own])), renamedFamilies: renamed };
}

/** All names that the scope could have. */
export const nameMatchers: Record<SeriesScope['kind'], string> = {
  ray: '__name__=~"ray_(vllm|skyrl|node)[:_].+"',
  native: '__name__=~"(vllm|lmcache)[:_].+|dynamo_.+|http_.+"',
};

export const sessionMatcher = (session: string): string => `SessionName=${quoteString(session)}`;
export const instanceMatcher = (instances: readonly string[]): string => `instance=~${quoteString(oneOf(instances))}`;
export const excludeWorkersMatcher = (workers: readonly string[]): string => `WorkerId!~${quoteString(oneOf(workers))}`;

/** Labels that tell the subjects apart. */
export const labelsOfSubject: Record<SeriesScope['kind'], Record<SubjectKind, readonly string[]>> = {
  ray: {
    engine: ['WorkerId'],
    trainer: ['WorkerId', 'NodeAddress'],
    node: ['ip'],
    gpu: ['ip', 'GpuIndex'],
    server: ['instance'],
  },
  native: {
    engine: ['instance', 'engine'],
    trainer: ['instance'],
    node: ['instance'],
    gpu: ['instance', 'GpuIndex'],
    server: ['instance'],
  },
};

/** What to select in this scope; empty where it has nothing of the kind. */
export function selectSeries(
  { matchers, engineMatchers, sampleNames }: SeriesScope,
  { family, sampleKind, where = {} }: Omit<Selector, 'sampleKind'> & { sampleKind: SampleKind },
  subject: SubjectKind,
): string[] {
  const labels = Object.entries(where).map(([label, value]) => `${label}=${quoteString(value)}`);
  const all = [...labels, ...matchers, ...(subject === 'engine' ? engineMatchers : [])];
  const braces = all.length === 0 ? '' : `{${all.join(',')}}`;
  return (sampleNames.names.get(partKey(family, sampleKind)) ?? []).map((name) => name + braces);
}

/** The `/metrics` of an instance; of targets known the one that it is. */
export function targetUrl(instance: string, known: ReadonlyMap<string, string>): string {
  return known.get(instance) ?? `http://${instance}/metrics`;
}

/** Whose sample it is, as a scrape would call it. */
export function sampleSubjectKey(subject: SubjectKind, labels: LabelSet, known: ReadonlyMap<string, string>): string {
  return subjectKey(subject, { get: (label) => labels[label] }, targetUrl(labels['instance'] ?? '', known));
}

/** Address of the machine that these labels name; empty where they name none. */
export function nodeOf(labels: LabelSet): string {
  const instance = `http://${labels['instance'] ?? ''}`;
  return labels['NodeAddress'] ?? labels['ip'] ?? hostOf(instance) ?? '';
}

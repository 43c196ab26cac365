/** Which series of a Prometheus are the run's: on Ray those of its session, natively those of its servers, and how each is spelled there. */
import type { Selector, Subject } from '../metrics/catalog';
import { oldNameRank, spellingOf, subjectKey, type SamplePart } from '../metrics/seriesMeta';
import { oneOf, quoted } from './matchers';
import type { Labels } from './responseData';

export interface Scope {
  kind: 'ray' | 'native';
  matchers: readonly string[];
  /** More matchers, for engines' series. */
  ofEngines: readonly string[];
  spelled: Spelled;
}

/** Sample names by family and part. */
export interface Spelled {
  names: ReadonlyMap<string, readonly string[]>;
  /** Families that are there under an old name only. */
  renamed: ReadonlySet<string>;
}

const partKey = (family: string, part: SamplePart): string => `${family} ${part}`;

/** What these names spell; of several spellings of one thing the newest counts, as in a scrape. */
export function spelledBy(kind: Scope['kind'], names: readonly string[]): Spelled {
  const best = new Map<string, { rank: number; names: string[] }>();
  const renamed = new Set<string>();
  for (const name of names) {
    const spelling = name.startsWith('ray_') === (kind === 'ray') ? spellingOf(name) : undefined;
    if (!spelling) continue;
    const { family, part, rank } = spelling;
    const known = best.get(partKey(family, part));
    if (!known || rank < known.rank) best.set(partKey(family, part), { rank, names: [name] });
    else if (rank === known.rank) known.names.push(name);
    if (rank >= oldNameRank) renamed.add(family);
  }
  return { names: new Map([...best].map(([key, { names: own }]) => [key, own])), renamed };
}

/** All names that the scope could have. */
export const anyName: Record<Scope['kind'], string> = {
  ray: '__name__=~"ray_(vllm|skyrl|node)[:_].+"',
  native: '__name__=~"(vllm|lmcache)[:_].+|dynamo_.+|http_.+"',
};

export const sessionMatcher = (session: string): string => `SessionName=${quoted(session)}`;
export const instanceMatcher = (instances: readonly string[]): string => `instance=~${quoted(oneOf(instances))}`;
export const withoutWorkers = (workers: readonly string[]): string => `WorkerId!~${quoted(oneOf(workers))}`;

/** Labels that tell the subjects apart. */
export const labelsOfSubject: Record<Scope['kind'], Record<Subject, readonly string[]>> = {
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
export function selected(
  { matchers, ofEngines, spelled }: Scope,
  { family, part, where = {} }: Omit<Selector, 'part'> & { part: SamplePart },
  subject: Subject,
): string[] {
  const labels = Object.entries(where).map(([label, value]) => `${label}=${quoted(value)}`);
  const all = [...labels, ...matchers, ...(subject === 'engine' ? ofEngines : [])];
  const braces = all.length === 0 ? '' : `{${all.join(',')}}`;
  return (spelled.names.get(partKey(family, part)) ?? []).map((name) => name + braces);
}

/** The `/metrics` of an instance; of targets known the one that it is. */
export function targetOf(instance: string, known: ReadonlyMap<string, string>): string {
  return known.get(instance) ?? `http://${instance}/metrics`;
}

/** Whose sample it is, as a scrape would call it. */
export function keyOf(subject: Subject, labels: Labels, known: ReadonlyMap<string, string>): string {
  return subjectKey(subject, { get: (label) => labels[label] }, targetOf(labels['instance'] ?? '', known));
}

/** Address of the machine that these labels name; empty where they name none. */
export function nodeOf(labels: Labels): string {
  const instance = `http://${labels['instance'] ?? ''}`;
  return labels['NodeAddress'] ?? labels['ip'] ?? (URL.canParse(instance) ? new URL(instance).hostname : '');
}

/** From the name of a sample, in any spelling, to its family and sample kind. */
import { canonicalName } from '../exposition/canonicalName';
import type { ScalarKind, SubjectKind } from './catalog';
import type { IndexedFamily } from './selectorRegistry';

/** Kinds of samples, a histogram's buckets included. */
export type SampleKind = ScalarKind | 'bucket';

/** What the name of a sample means. */
export interface SampleName {
  family: string;
  familyNumber: number;
  subject: SubjectKind;
  sampleKind: SampleKind;
  /**
   * Precedence among the spellings of one family: only those of the lowest rank in an exposition are read, so that a
   * doubled or renamed series counts once.
   */
  rank: number;
  /** The least value that a sample can have; absent if it may have any. */
  least?: number;
}

/** From this rank on a spelling is an old name. */
export const oldNameRank = 2;

/** Old names of families and the new ones (docs/metrics.md, Known errors of vLLM and Ray). */
export const oldNames: Readonly<Record<string, string>> = {
  gpu_cache_usage_perc: 'kv_cache_usage_perc',
  gpu_prefix_cache_queries: 'prefix_cache_queries',
  gpu_prefix_cache_hits: 'prefix_cache_hits',
  time_per_output_token_seconds: 'inter_token_latency_seconds',
  dynamo_component_kvstats_gpu_cache_usage_percent: 'dynamo_component_gpu_cache_usage_percent',
  dynamo_component_kvstats_gpu_prefix_cache_hit_rate: 'dynamo_component_kv_cache_hit_rate',
  dynamo_component_kvstats_total_blocks: 'dynamo_component_total_blocks',
};

/**
 * All sample names of a family that is exposed as `name`. Counters have `_total`; Ray 2.51 and older expose them with
 * and without it, Ray 2.52.0 without it only.
 */
function sampleNamesOf(name: string, family: string, indexed: IndexedFamily, rank: number): [string, SampleName][] {
  const { number: familyNumber, subject, isHistogram, scalarKinds, least } = indexed;
  const sampleName = (sampleKind: SampleKind, lowerPrecedence = 0): SampleName => ({
    family,
    familyNumber,
    subject,
    sampleKind,
    rank: rank + lowerPrecedence,
    // Counts, and sums of times, tokens and bytes, begin at 0 and grow.
    least: sampleKind === 'gauge' ? least : 0,
  });
  const names: [string, SampleName][] = [];
  if (scalarKinds.has('gauge')) names.push([name, sampleName('gauge')]);
  if (scalarKinds.has('counter'))
    names.push([`${name}_total`, sampleName('counter')], [name, sampleName('counter', 1)]);
  if (isHistogram)
    for (const kind of ['bucket', 'sum', 'count'] as const) names.push([`${name}_${kind}`, sampleName(kind)]);
  return names;
}

/** Resolves the names of samples that are read. */
export class SampleNameResolver {
  private readonly byCanonicalName: ReadonlyMap<string, SampleName>;
  /** By name as exposed: the spellings are few, and every engine has the same. */
  private readonly byName = new Map<string, SampleName>();

  constructor(families: ReadonlyMap<string, IndexedFamily>) {
    this.byCanonicalName = new Map([
      ...[...families].flatMap(([family, indexed]) => sampleNamesOf(family, family, indexed, 0)),
      ...Object.entries(oldNames).flatMap(([name, family]) => {
        const indexed = families.get(family);
        return indexed ? sampleNamesOf(name, family, indexed, oldNameRank) : [];
      }),
    ]);
  }

  /** What a name as exposed means. Undefined if samples of this name are not read. */
  resolve(name: string): SampleName | undefined {
    const known = this.byName.get(name);
    if (known) return known;
    const canonical = canonicalName(name);
    const sampleName = canonical === undefined ? undefined : this.byCanonicalName.get(canonical);
    if (sampleName) this.byName.set(name, sampleName);
    return sampleName;
  }
}

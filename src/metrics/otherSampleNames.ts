/** What the name of a sample means whose family has no row in the catalog: by its declared type, else by its suffix. */
import type { OtherFamily } from '../api';
import { canonicalName } from '../exposition/canonicalName';
import type { DeclaredTypes } from './declaredTypes';
import type { SampleKind } from './sampleNames';

/** A sample of a family that the catalog does not know. */
export interface OtherSampleName {
  /** The family's name as exposed: a counter's with `_total`. */
  name: string;
  type: OtherFamily['type'];
  sampleKind: SampleKind;
}

/** Types whose one sample is named as the family. */
const scalarTypes: Readonly<Record<string, OtherFamily['type']>> = {
  gauge: 'gauge',
  counter: 'counter',
  info: 'info',
  stateset: 'gauge',
  summary: 'summary',
  unknown: 'unknown',
  untyped: 'unknown',
};

/** Kinds of the samples that have a suffix, by the family's type. */
const suffixedKinds: Readonly<Record<string, Readonly<Record<string, SampleKind>>>> = {
  histogram: { bucket: 'bucket', sum: 'sum', count: 'count' },
  summary: { sum: 'sum', count: 'count' },
  counter: { total: 'counter' },
  info: { info: 'gauge' },
};

const suffixPattern = /^(.+)_(bucket|sum|count|total|info|created)$/;

/** Whether samples of this name may be of a family without a row: those of vLLM's engines and of Dynamo. */
export function isOtherExporter(name: string): boolean {
  return /^(?:ray_)?vllm[:_]|^dynamo_/.test(name) && !name.startsWith('vllm_router_');
}

/** A gauge that is named `…_info` has its facts in its labels. */
const gaugeType = (name: string, type: OtherFamily['type']): OtherFamily['type'] =>
  type === 'gauge' && name.endsWith('_info') ? 'info' : type;

/** When a counter or histogram was created, which Python's client adds to each of them. */
function isCreationTime(base: string, declared: DeclaredTypes, isKnown: (family: string) => boolean): boolean {
  return (
    declared.get(base) !== undefined ||
    declared.get(`${base}_total`) !== undefined ||
    isKnown(canonicalName(base) ?? base)
  );
}

/**
 * The meaning of a sample's name as exposed; undefined for one that is not read. `isKnown`: whether the catalog has a
 * family of this canonical name.
 */
export function otherSampleName(
  name: string,
  declared: DeclaredTypes,
  isKnown: (family: string) => boolean,
): OtherSampleName | undefined {
  const [, base = '', suffix = ''] = suffixPattern.exec(name) ?? [];
  if (suffix === 'created' && isCreationTime(base, declared, isKnown)) return undefined;
  const ownType = declared.get(name)?.type;
  if (ownType !== undefined) {
    const type = scalarTypes[ownType];
    return type && { name, type: gaugeType(name, type), sampleKind: type === 'counter' ? 'counter' : 'gauge' };
  }
  const baseType = declared.get(base)?.type ?? '';
  const sampleKind = suffixedKinds[baseType]?.[suffix];
  if (sampleKind)
    return {
      name: sampleKind === 'counter' || sampleKind === 'gauge' ? name : base,
      type: scalarTypes[baseType] ?? 'histogram',
      sampleKind,
    };
  // Without a declaration the suffix is all there is.
  if (suffix === 'total') return { name, type: 'counter', sampleKind: 'counter' };
  if (suffix === 'bucket') return { name: base, type: 'histogram', sampleKind: 'bucket' };
  return { name, type: gaugeType(name, suffix === 'info' ? 'gauge' : 'unknown'), sampleKind: 'gauge' };
}

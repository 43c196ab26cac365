/** The names that families have on Ray, for PromQL. */
import type { Selector } from './types';

const rayPrefixes: readonly (readonly [canonical: RegExp, prefix: string])[] = [
  [/^(?:skyrl|node)_/, 'ray_'],
  [/^(?:dynamo|http)_/, ''],
  [/^lmcache_/, 'lmcache:'],
];

const vllmPrefix = 'ray_vllm_';
const lmcachePrefix = 'lmcache:';

/** The name of a family on Ray without a sample's suffix: `generation_tokens` becomes `ray_vllm_generation_tokens`. */
export function rayName(family: string): string {
  const [, prefix] = rayPrefixes.find(([canonical]) => canonical.test(family)) ?? [undefined, vllmPrefix];
  return prefix + (prefix === lmcachePrefix ? family.slice('lmcache_'.length) : family);
}

/** Whether vLLM itself publishes the family; the others are of SkyRL, Ray, Dynamo, LMCache or an HTTP server. */
export const isVllmFamily = (family: string): boolean => !rayPrefixes.some(([canonical]) => canonical.test(family));

const sampleSuffixes: Record<Selector['sampleKind'], string> = {
  gauge: '',
  counter: '_total',
  sum: '_sum',
  count: '_count',
};

/** A selector in PromQL: the sample's name on Ray with its label matchers. */
export function raySelector({ family, sampleKind, where }: Selector): string {
  const matchers = Object.entries(where ?? {}).map(([label, value]) => `${label}="${value}"`);
  const name = `${rayName(family)}${sampleSuffixes[sampleKind]}`;
  return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
}

/** Bare names of families and the names they have on Ray, for PromQL. */
import type { Selector } from './types';

const rayPrefixes: readonly (readonly [bare: RegExp, prefix: string])[] = [
  [/^(?:skyrl|node)_/, 'ray_'],
  [/^(?:dynamo|http)_/, ''],
  [/^lmcache_/, 'lmcache:'],
];

/** `generation_tokens` → `ray_vllm_generation_tokens`, without the suffix of a part. */
export function rayName(family: string): string {
  const [, prefix] = rayPrefixes.find(([bare]) => bare.test(family)) ?? [undefined, 'ray_vllm_'];
  return prefix + (prefix === 'lmcache:' ? family.slice('lmcache_'.length) : family);
}

const suffixes: Record<Selector['sampleKind'], string> = { gauge: '', counter: '_total', sum: '_sum', count: '_count' };

/** A selector as PromQL selects it. */
export function raySelector({ family, sampleKind, where }: Selector): string {
  const labels = Object.entries(where ?? {}).map(([label, value]) => `${label}="${value}"`);
  return `${rayName(family)}${suffixes[sampleKind]}${labels.length === 0 ? '' : `{${labels.join(',')}}`}`;
}

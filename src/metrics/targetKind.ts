/** What answers at a target, by the names of its series: whatever an address was called, what it shows decides. */
import type { TargetKind } from '../api';
import type { Target } from '../discovery/targets';

export type Exporter = 'ray' | 'vllm' | 'dynamo-component' | 'dynamo-frontend' | 'lmcache' | 'router';

/** Names begin so (research/metrics.md §3.8, §5.4, §6). `ray_vllm_` comes from a Ray agent, whose other families begin with `ray_`, too. */
const exporterPrefixes: readonly (readonly [prefix: string, Exporter])[] = [
  ['vllm:', 'vllm'],
  ['ray_', 'ray'],
  ['dynamo_frontend_', 'dynamo-frontend'],
  ['dynamo_component_', 'dynamo-component'],
  ['lmcache:', 'lmcache'],
  ['lmcache_mp_', 'lmcache'],
  ['vllm_router_', 'router'],
  ['vllm_', 'vllm'],
];

export function exporterOf(name: string): Exporter | undefined {
  return exporterPrefixes.find(([prefix]) => name.startsWith(prefix))?.[1];
}

interface KindRule {
  when: (contents: ReadonlySet<Exporter>) => boolean;
  kind: TargetKind;
  /** In words for people; undefined where the kind says it all. */
  about?: string;
}

/** The first that holds decides. A Dynamo worker passes its engine's `vllm:` and `lmcache:` on; a frontend times whole requests, which the workers time as well. */
const kindRules: readonly KindRule[] = [
  {
    when: (has) => has.has('dynamo-component') && has.has('vllm') && has.has('lmcache'),
    kind: 'dynamo',
    about: 'a Dynamo worker with LMCache',
  },
  { when: (has) => has.has('dynamo-component') && has.has('vllm'), kind: 'dynamo', about: 'a Dynamo worker' },
  { when: (has) => has.has('dynamo-frontend'), kind: 'router', about: 'a Dynamo frontend' },
  { when: (has) => has.has('dynamo-component'), kind: 'dynamo', about: 'a Dynamo component without an engine' },
  { when: (has) => has.has('router'), kind: 'router', about: 'a vLLM router' },
  { when: (has) => has.has('ray'), kind: 'ray', about: 'a Ray agent' },
  { when: (has) => has.has('vllm') && has.has('lmcache'), kind: 'vllm', about: 'a vLLM server with LMCache' },
];

/** What a target is by what it shows; as it was called where that says nothing. An engine behind a proxy's address is an engine. */
export function resolveTargetKind(
  { kind, discoveredBy }: Target,
  contents: ReadonlySet<Exporter>,
): { kind: TargetKind; about?: string } {
  const verdict = kindRules.find(({ when }) => when(contents));
  if (!verdict) return { kind: kind === 'router' && contents.has('vllm') ? 'vllm' : kind };
  // Ray named it as its agent.
  if (verdict.kind === 'ray' && (discoveredBy === 'file' || discoveredBy === 'dashboard' || discoveredBy === 'nodes'))
    return { kind };
  return { kind: verdict.kind, ...(verdict.about !== undefined && { about: verdict.about }) };
}

/** What answers at a target, by the names of its series (docs/decisions.md, What a target is). */
import type { TargetKind } from '../api';
import { isFromRay, type Target } from '../discovery/targets';

/** A program whose series a target shows. */
export type Exporter = 'ray' | 'vllm' | 'dynamo-component' | 'dynamo-frontend' | 'lmcache' | 'router';

/** The first that matches decides. `ray_vllm_` is from a Ray agent, as are all names that begin with `ray_`. */
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

/** The exporter that a metric name belongs to; undefined if it is unknown. */
export function exporterOf(name: string): Exporter | undefined {
  return exporterPrefixes.find(([prefix]) => name.startsWith(prefix))?.[1];
}

interface KindRule {
  matches: (exporters: ReadonlySet<Exporter>) => boolean;
  kind: TargetKind;
  /** For people; undefined if the kind says it all. */
  about?: string;
}

/**
 * The first that matches decides. A Dynamo worker passes the `vllm:` and `lmcache:` series of its engine on. A frontend
 * is a router: it times whole requests, which the workers time as well.
 */
const kindRules: readonly KindRule[] = [
  {
    matches: (exporters) => exporters.has('dynamo-component') && exporters.has('vllm') && exporters.has('lmcache'),
    kind: 'dynamo',
    about: 'a Dynamo worker with LMCache',
  },
  {
    matches: (exporters) => exporters.has('dynamo-component') && exporters.has('vllm'),
    kind: 'dynamo',
    about: 'a Dynamo worker',
  },
  { matches: (exporters) => exporters.has('dynamo-frontend'), kind: 'router', about: 'a Dynamo frontend' },
  {
    matches: (exporters) => exporters.has('dynamo-component'),
    kind: 'dynamo',
    about: 'a Dynamo component without an engine',
  },
  { matches: (exporters) => exporters.has('router'), kind: 'router', about: 'a vLLM router' },
  { matches: (exporters) => exporters.has('ray'), kind: 'ray', about: 'a Ray agent' },
  {
    matches: (exporters) => exporters.has('vllm') && exporters.has('lmcache'),
    kind: 'vllm',
    about: 'a vLLM server with LMCache',
  },
];

/**
 * What a target is by the exporters that it shows, with words for people where the kind needs them. Without a rule it
 * is what discovery took it for, but an engine behind a proxy's address is an engine.
 */
export function resolveTargetKind(
  target: Target,
  exporters: ReadonlySet<Exporter>,
): { kind: TargetKind; about?: string } {
  const { kind } = target;
  const rule = kindRules.find(({ matches }) => matches(exporters));
  if (!rule) return { kind: kind === 'router' && exporters.has('vllm') ? 'vllm' : kind };
  if (rule.kind === 'ray' && isFromRay(target)) return { kind };
  return { kind: rule.kind, ...(rule.about !== undefined && { about: rule.about }) };
}

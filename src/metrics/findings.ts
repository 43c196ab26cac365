/** Findings: what a person should know of this snapshot, with the numbers that say so. A table; adding one is adding a row. */
import type { Engine, Finding, TargetReport } from '../api';
import { formatDuration } from '../shared/format';
import type { Track } from './track';

export interface FindingInput {
  now: number;
  engines: readonly Engine[];
  tracks: readonly Track[];
  targets: readonly TargetReport[];
  /** `num_engines` × `data_parallel_size`, where the config says. */
  expected: number | undefined;
}

type Rule = (input: FindingInput) => Finding[];

const living = (engines: readonly Engine[]): Engine[] => engines.filter(({ state }) => state !== 'dead' && state !== 'gone');

const rules: readonly Rule[] = [
  ({ tracks, now }) =>
    tracks.flatMap(({ key, name, stuckSince }) =>
      stuckSince === undefined ? [] : [{
        id: 'not-moving', severity: 'error' as const, engine: key,
        message: `${name} has not moved for ${formatDuration(now - stuckSince)} though requests run on it.`,
      }]),
  ({ engines }) =>
    engines.flatMap(({ id, name, node, state }) =>
      state !== 'dead' || engines.some(({ follows }) => follows === id) ? [] : [{
        id: 'engine-dead', severity: 'error' as const, engine: id, message: `${name} on ${node} is dead: its actor has ended.`,
      }]),
  ({ engines, expected }) => {
    const there = living(engines).length;
    if (expected === undefined || there === 0 || there >= expected) return [];
    return [{ id: 'fewer-engines', severity: 'warning', message: `${there} of ${expected} engines of the config are there.` }];
  },
  ({ tracks, now }) =>
    tracks.flatMap(({ key, name, resetAt }) =>
      resetAt === undefined ? [] : [{
        id: 'engine-reset', severity: 'info' as const, engine: key,
        message: `${name} began anew ${formatDuration(now - resetAt)} ago; it sits this window out.`,
      }]),
  ({ targets }) =>
    targets.flatMap(({ url, kind, state }) =>
      state !== 'empty' || kind !== 'vllm' ? [] : [{
        id: 'server-without-engine', severity: 'info' as const,
        message: `${url} answers without engine series: an engine that reports to Ray shows them on Ray’s node agents, not here.`,
      }]),
];

export function findingsOf(input: FindingInput): Finding[] {
  return rules.flatMap((rule) => rule(input));
}

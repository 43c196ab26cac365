/** The engines that a Prometheus knows of, with the evidence of their state: when they were scraped last, what moved, what their actors are. */
import type { Engine, EngineState } from '../api';
import { engineActorClasses, type Actor } from '../discovery/actors';
import { recordCounterFamilies, type EngineCounters } from '../metrics/recordCounters';
import type { TrackedEngine } from '../diagnosis/rule';
import { EngineNames } from '../metrics/engineNames';
import { goneRetentionMs, isLiving, startingActorStates } from '../metrics/engineState';
import { gaugeStaleAfterMs } from '../metrics/gaugeValues';
import { isNoiseLabel } from '../metrics/seriesIdentity';
import { queryIdLabel, type BatchResult } from './batch';
import type { InstantSample, LabelSet } from './responseData';
import type { NamedQuery } from './expressions';
import { sampleSubjectKey, labelsOfSubject, nodeOf, selectSeries, type SeriesScope } from './scopes';

const activityCounters = [
  { family: 'generation_tokens', sampleKind: 'counter' },
  { family: 'prompt_tokens', sampleKind: 'counter' },
] as const;
const gauges = [
  { family: 'num_requests_running', sampleKind: 'gauge' },
  { family: 'num_requests_waiting', sampleKind: 'gauge' },
  { family: 'kv_cache_usage_perc', sampleKind: 'gauge' },
] as const;

const timesOf = (
  scope: SeriesScope,
  of: readonly ((typeof activityCounters)[number] | (typeof gauges)[number])[],
): string =>
  of
    .flatMap((selector) => selectSeries(scope, selector, 'engine'))
    .map((series) => `timestamp(${series})`)
    .join(' or ');

/** Who is there: when each engine's counters and gauges were scraped last, with the labels that say who it is. */
export function engineQueries(scopes: readonly SeriesScope[]): NamedQuery[] {
  return scopes.flatMap((scope) => {
    const by = [
      ...labelsOfSubject[scope.kind].engine,
      ...(scope.kind === 'ray' ? ['NodeAddress', 'Version', 'SessionName', 'instance'] : []),
      'model_name',
    ].join(', ');
    return Object.entries({ counters: activityCounters, gauges }).flatMap(([name, of]) => {
      const times = timesOf(scope, of);
      return times === '' ? [] : [{ id: `who ${name}`, expression: `max by (${by}) (${times})` }];
    });
  });
}

/** What each did: tokens in the last moments, counters that fell in the window. */
export function activityQueries(scopes: readonly SeriesScope[], lately: string, window: string): NamedQuery[] {
  return scopes.flatMap((scope) => {
    const by = labelsOfSubject[scope.kind].engine.join(', ');
    return activityCounters.flatMap((selector) =>
      selectSeries(scope, selector, 'engine').flatMap((series, index): NamedQuery[] => [
        { id: `moved ${selector.family} ${index}`, expression: `sum by (${by}) (rate(${series}[${lately}]))` },
        { id: `reset ${selector.family} ${index}`, expression: `sum by (${by}) (resets(${series}[${window}]))` },
      ]),
    );
  });
}

/** Each engine's own totals, of all its series. */
export function totalQueries(scopes: readonly SeriesScope[]): NamedQuery[] {
  return scopes.flatMap((scope) =>
    [...recordCounterFamilies].flatMap((family): NamedQuery[] => {
      const series = selectSeries(scope, { family, sampleKind: 'counter' }, 'engine').join(' or ');
      return series === ''
        ? []
        : [
            {
              id: `total ${family}`,
              expression: `sum by (${labelsOfSubject[scope.kind].engine.join(', ')}) (${series})`,
            },
          ];
    }),
  );
}

/** By engine, then by family. */
export function totalsIn(
  { itemsById }: BatchResult<InstantSample>,
  known: ReadonlyMap<string, string>,
): EngineCounters['engines'] {
  const engines: EngineCounters['engines'] = new Map();
  for (const family of recordCounterFamilies) {
    for (const { labels, value } of itemsById.get(`total ${family}`) ?? []) {
      const key = sampleSubjectKey('engine', labels, known);
      if (value !== undefined) engines.set(key, (engines.get(key) ?? new Map<string, number>()).set(family, value));
    }
  }
  return engines;
}

/** An engine as Prometheus has it now. */
export interface ScrapedEngine {
  key: string;
  labels: LabelSet;
  /** When it was scraped last, Unix ms; its gauges: undefined where none stands. */
  at: number;
  gaugeAt?: number;
}

/** By key; `known`: URLs of targets by instance. */
export function readScrapedEngines(
  { itemsById }: BatchResult<InstantSample>,
  known: ReadonlyMap<string, string>,
): Map<string, ScrapedEngine> {
  const seen = new Map<string, ScrapedEngine>();
  for (const part of ['counters', 'gauges'] as const) {
    for (const { labels, value } of itemsById.get(`who ${part}`) ?? []) {
      if (value === undefined) continue;
      const at = Math.round(value * 1000);
      const key = sampleSubjectKey('engine', labels, known);
      const one = seen.get(key) ?? { key, labels, at };
      seen.set(key, {
        ...one,
        at: Math.max(one.at, at),
        ...(part === 'gauges' && { gaugeAt: Math.max(at, one.gaugeAt ?? 0) }),
      });
    }
  }
  return seen;
}

interface Member {
  key: string;
  name: string;
  node: string;
  native: boolean;
  workerId?: string | undefined;
  model?: string | undefined;
  pid?: number | undefined;
  follows?: string | undefined;
  firstSeenAt: number;
  hasReported: boolean;
  movedAt?: number | undefined;
  stuckSince?: number | undefined;
  resetAt?: number | undefined;
  goneSince?: number | undefined;
}

export interface EngineActivity {
  /** The moment of the snapshot. */
  at: number;
  scrapedEngines: ReadonlyMap<string, ScrapedEngine>;
  /** Which have moved lately, and how long `lately` is, in ms. */
  movedKeys: ReadonlySet<string>;
  /** Which have not: of whom nobody knows is in neither. */
  unmovedKeys: ReadonlySet<string>;
  activityRangeMs: number;
  intervalMs: number;
  resetKeys: ReadonlySet<string>;
  /** Say that they have requests. */
  busyKeys: ReadonlySet<string>;
  asleepKeys: ReadonlySet<string>;
  actors: ReadonlyMap<string, Actor> | undefined;
  otherWorkers: ReadonlySet<string>;
  /** What a window before this one called them. */
  names: ReadonlyMap<string, string>;
}

type Rule = (member: Member, deeds: EngineActivity) => boolean;

/** The first rule that holds decides, as for engines that are scraped. */
const rules: readonly (readonly [EngineState, Rule])[] = [
  ['dead', ({ key }, { actors }) => actors?.get(key)?.state === 'DEAD'],
  [
    'gone',
    ({ key, native, hasReported }, { scrapedEngines, actors }) =>
      (hasReported && !scrapedEngines.has(key)) ||
      (!native && actors !== undefined && actors.size > 0 && !actors.has(key)),
  ],
  ['asleep', ({ key }, { asleepKeys }) => asleepKeys.has(key)],
  [
    'starting',
    ({ key, hasReported }, { actors }) => startingActorStates.has(actors?.get(key)?.state ?? '') || !hasReported,
  ],
  ['active', ({ key }, { movedKeys, busyKeys }) => movedKeys.has(key) || busyKeys.has(key)],
  [
    'quiet',
    ({ key }, { actors, scrapedEngines, at, intervalMs }) =>
      actors?.get(key)?.state === 'ALIVE' ||
      at - (scrapedEngines.get(key)?.gaugeAt ?? -Infinity) <= Math.max(gaugeStaleAfterMs, 2 * intervalMs),
  ],
];

/** One run's engines over time. */
export class EngineTracker {
  private readonly members = new Map<string, Member>();
  private readonly names = new EngineNames();

  /** Takes in what was seen; the engines with their states, measures still empty. */
  add(deeds: EngineActivity): Engine[] {
    const { at, actors, otherWorkers } = deeds;
    this.addNewEngines(deeds);
    for (const key of otherWorkers) this.members.delete(key);
    return [...this.members.values()].flatMap((member): Engine[] => {
      this.updateActivity(member, deeds);
      const state = rules.find(([, holds]) => holds(member, deeds))?.[0] ?? 'silent';
      const ended = !isLiving({ state });
      member.goneSince = ended ? (member.goneSince ?? at) : undefined;
      if (ended && !deeds.scrapedEngines.has(member.key) && at - (member.goneSince ?? at) > goneRetentionMs)
        this.members.delete(member.key);
      const { key, name, node, workerId, model, pid, movedAt, follows } = member;
      const { jobId: job, startedAt } = actors?.get(key) ?? {};
      const optional = Object.fromEntries(
        Object.entries({ workerId, model, pid, movedAt, follows, job, startedAt }).filter(
          ([, value]) => value !== undefined,
        ),
      ) as Partial<Engine>;
      return [{ id: key, name, node, state, measures: {}, ...optional }];
    });
  }

  /** What the diagnosis is told of these. `renamed`: families under old names. */
  livingEngines(engines: readonly Engine[], renamed: ReadonlySet<string>): TrackedEngine[] {
    const ids = new Set(engines.filter(isLiving).map(({ id }) => id));
    return [...this.members.values()]
      .filter(({ key }) => ids.has(key))
      .map((member) => ({ ...member, renamedFamilies: renamed }));
  }

  private addNewEngines({ scrapedEngines, actors, otherWorkers, at, names }: EngineActivity): void {
    const reporting = [...scrapedEngines.values()].map(({ key, labels }) => ({ key, labels, actor: actors?.get(key) }));
    const silent = [...(actors?.values() ?? [])]
      .filter(
        ({ className, state, workerId }) =>
          engineActorClasses.has(className) && state !== 'DEAD' && !scrapedEngines.has(workerId),
      )
      .map((actor) => ({ key: actor.workerId, labels: undefined, actor }));
    const order = ({ actor }: { actor: Actor | undefined }): number => actor?.startedAt ?? Number.MAX_SAFE_INTEGER;
    const met = [...reporting, ...silent]
      .filter((one) => !otherWorkers.has(one.key))
      .sort((a, b) => order(a) - order(b) || (a.key < b.key ? -1 : 1));
    this.names.assign(
      met.map(({ key }) => key),
      names,
    );
    for (const { key, labels, actor } of met) {
      const member = this.members.get(key) ?? this.newMember(key, labels ?? {}, actor, at);
      member.hasReported ||= labels !== undefined;
      member.model ??= labels?.['model_name'];
      // The dashboard may begin to answer long after the engine was met.
      member.pid = actor?.pid ?? member.pid;
    }
  }

  private newMember(key: string, labels: LabelSet, actor: Actor | undefined, at: number): Member {
    const workerId = labels['WorkerId'] ?? actor?.workerId;
    const node = actor?.node ?? nodeOf(labels);
    const followed = new Set([...this.members.values()].flatMap(({ follows }) => follows ?? []));
    const free = [...this.members.values()].filter((one) => one.goneSince !== undefined && !followed.has(one.key));
    const follows = (free.find((one) => one.node === node) ?? free[0])?.key;
    const member: Member = {
      key,
      name: this.names.nameOf(key),
      node,
      native: workerId === undefined,
      workerId,
      follows,
      firstSeenAt: at,
      hasReported: false,
    };
    this.members.set(key, member);
    return member;
  }

  private updateActivity(
    member: Member,
    { at, movedKeys, unmovedKeys, resetKeys, busyKeys, activityRangeMs }: EngineActivity,
  ): void {
    const { key } = member;
    if (movedKeys.has(key)) member.movedAt = at;
    member.resetAt = resetKeys.has(key) ? (member.resetAt ?? at) : undefined;
    member.stuckSince =
      busyKeys.has(key) && unmovedKeys.has(key)
        ? (member.stuckSince ?? member.movedAt ?? at - activityRangeMs)
        : undefined;
  }
}

/** Labels that a scrape and our questions add. */
const addedLabels = new Set(['__name__', 'instance', 'job', queryIdLabel]);

/** What an engine said of its cache at its start. */
export const configOf = (labels: LabelSet): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).filter(([label]) => !isNoiseLabel(label, 'gauge') && !addedLabels.has(label)),
  );

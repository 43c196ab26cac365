/** The engines that a Prometheus knows of, with the evidence of their state: when they were scraped last, what moved, what their actors are. */
import type { Engine, EngineState } from '../api';
import { engineActors, type Actor } from '../discovery/actors';
import { countedFamilies, type CountedEngines } from '../metrics/recordCounters';
import type { Followed } from '../diagnosis/types';
import { EngineNames } from '../metrics/engineNames';
import { goneForMs, isThere, startingActors } from '../metrics/engineState';
import { isNoise } from '../metrics/seriesMeta';
import { gaugeLifeMs } from '../metrics/subjectState';
import { pieceLabel, type Batch } from './batch';
import type { InstantSample, Labels } from './responseData';
import type { Piece } from './expressions';
import { keyOf, labelsOfSubject, nodeOf, selected, type Scope } from './scopes';

const counted = [
  { family: 'generation_tokens', part: 'counter' },
  { family: 'prompt_tokens', part: 'counter' },
] as const;
const gauges = [
  { family: 'num_requests_running', part: 'gauge' },
  { family: 'num_requests_waiting', part: 'gauge' },
  { family: 'kv_cache_usage_perc', part: 'gauge' },
] as const;

const timesOf = (scope: Scope, of: readonly ((typeof counted)[number] | (typeof gauges)[number])[]): string =>
  of
    .flatMap((selector) => selected(scope, selector, 'engine'))
    .map((series) => `timestamp(${series})`)
    .join(' or ');

/** Who is there: when each engine's counters and gauges were scraped last, with the labels that say who it is. */
export function whoPieces(scopes: readonly Scope[]): Piece[] {
  return scopes.flatMap((scope) => {
    const by = [
      ...labelsOfSubject[scope.kind].engine,
      ...(scope.kind === 'ray' ? ['NodeAddress', 'Version', 'SessionName', 'instance'] : []),
      'model_name',
    ].join(', ');
    return Object.entries({ counters: counted, gauges }).flatMap(([name, of]) => {
      const times = timesOf(scope, of);
      return times === '' ? [] : [{ id: `who ${name}`, expression: `max by (${by}) (${times})` }];
    });
  });
}

/** What each did: tokens in the last moments, counters that fell in the window. */
export function deedPieces(scopes: readonly Scope[], lately: string, window: string): Piece[] {
  return scopes.flatMap((scope) => {
    const by = labelsOfSubject[scope.kind].engine.join(', ');
    return counted.flatMap((selector) =>
      selected(scope, selector, 'engine').flatMap((series, index): Piece[] => [
        { id: `moved ${selector.family} ${index}`, expression: `sum by (${by}) (rate(${series}[${lately}]))` },
        { id: `reset ${selector.family} ${index}`, expression: `sum by (${by}) (resets(${series}[${window}]))` },
      ]),
    );
  });
}

/** Each engine's own totals, of all its series. */
export function totalPieces(scopes: readonly Scope[]): Piece[] {
  return scopes.flatMap((scope) =>
    [...countedFamilies].flatMap((family): Piece[] => {
      const series = selected(scope, { family, part: 'counter' }, 'engine').join(' or ');
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
  { found }: Batch<InstantSample>,
  known: ReadonlyMap<string, string>,
): CountedEngines['engines'] {
  const engines: CountedEngines['engines'] = new Map();
  for (const family of countedFamilies) {
    for (const { labels, value } of found.get(`total ${family}`) ?? []) {
      const key = keyOf('engine', labels, known);
      if (value !== undefined) engines.set(key, (engines.get(key) ?? new Map<string, number>()).set(family, value));
    }
  }
  return engines;
}

/** An engine as Prometheus has it now. */
export interface Seen {
  key: string;
  labels: Labels;
  /** When it was scraped last, Unix ms; its gauges: undefined where none stands. */
  at: number;
  gaugeAt?: number;
}

/** By key; `known`: URLs of targets by instance. */
export function seenIn({ found }: Batch<InstantSample>, known: ReadonlyMap<string, string>): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const part of ['counters', 'gauges'] as const) {
    for (const { labels, value } of found.get(`who ${part}`) ?? []) {
      if (value === undefined) continue;
      const at = Math.round(value * 1000);
      const key = keyOf('engine', labels, known);
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
  reported: boolean;
  movedAt?: number | undefined;
  stuckSince?: number | undefined;
  resetAt?: number | undefined;
  goneSince?: number | undefined;
}

export interface Deeds {
  /** The moment of the snapshot. */
  at: number;
  seen: ReadonlyMap<string, Seen>;
  /** Which have moved lately, and how long `lately` is, in ms. */
  moved: ReadonlySet<string>;
  /** Which have not: of whom nobody knows is in neither. */
  still: ReadonlySet<string>;
  latelyMs: number;
  intervalMs: number;
  reset: ReadonlySet<string>;
  /** Say that they have requests. */
  working: ReadonlySet<string>;
  asleep: ReadonlySet<string>;
  actors: ReadonlyMap<string, Actor> | undefined;
  others: ReadonlySet<string>;
  /** What a window before this one called them. */
  names: ReadonlyMap<string, string>;
}

type Rule = (member: Member, deeds: Deeds) => boolean;

/** The first rule that holds decides, as for engines that are scraped. */
const rules: readonly (readonly [EngineState, Rule])[] = [
  ['dead', ({ key }, { actors }) => actors?.get(key)?.state === 'DEAD'],
  [
    'gone',
    ({ key, native, reported }, { seen, actors }) =>
      (reported && !seen.has(key)) || (!native && actors !== undefined && actors.size > 0 && !actors.has(key)),
  ],
  ['asleep', ({ key }, { asleep }) => asleep.has(key)],
  ['starting', ({ key, reported }, { actors }) => startingActors.has(actors?.get(key)?.state ?? '') || !reported],
  ['active', ({ key }, { moved, working }) => moved.has(key) || working.has(key)],
  [
    'quiet',
    ({ key }, { actors, seen, at, intervalMs }) =>
      actors?.get(key)?.state === 'ALIVE' ||
      at - (seen.get(key)?.gaugeAt ?? -Infinity) <= Math.max(gaugeLifeMs, 2 * intervalMs),
  ],
];

/** One run's engines over time. */
export class Engines {
  private readonly members = new Map<string, Member>();
  private readonly names = new EngineNames();

  /** Takes in what was seen; the engines with their states, measures still empty. */
  add(deeds: Deeds): Engine[] {
    const { at, actors, others } = deeds;
    this.meet(deeds);
    for (const key of others) this.members.delete(key);
    return [...this.members.values()].flatMap((member): Engine[] => {
      this.follow(member, deeds);
      const state = rules.find(([, holds]) => holds(member, deeds))?.[0] ?? 'silent';
      const ended = !isThere({ state });
      member.goneSince = ended ? (member.goneSince ?? at) : undefined;
      if (ended && !deeds.seen.has(member.key) && at - (member.goneSince ?? at) > goneForMs)
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
  followed(engines: readonly Engine[], renamed: ReadonlySet<string>): Followed[] {
    const ids = new Set(engines.filter(isThere).map(({ id }) => id));
    return [...this.members.values()].filter(({ key }) => ids.has(key)).map((member) => ({ ...member, renamed }));
  }

  private meet({ seen, actors, others, at, names }: Deeds): void {
    const reporting = [...seen.values()].map(({ key, labels }) => ({ key, labels, actor: actors?.get(key) }));
    const silent = [...(actors?.values() ?? [])]
      .filter(
        ({ className, state, workerId }) => engineActors.has(className) && state !== 'DEAD' && !seen.has(workerId),
      )
      .map((actor) => ({ key: actor.workerId, labels: undefined, actor }));
    const order = ({ actor }: { actor: Actor | undefined }): number => actor?.startedAt ?? Number.MAX_SAFE_INTEGER;
    const met = [...reporting, ...silent]
      .filter((one) => !others.has(one.key))
      .sort((a, b) => order(a) - order(b) || (a.key < b.key ? -1 : 1));
    this.names.meet(
      met.map(({ key }) => key),
      names,
    );
    for (const { key, labels, actor } of met) {
      const member = this.members.get(key) ?? this.newMember(key, labels ?? {}, actor, at);
      member.reported ||= labels !== undefined;
      member.model ??= labels?.['model_name'];
      // The dashboard may begin to answer long after the engine was met.
      member.pid = actor?.pid ?? member.pid;
    }
  }

  private newMember(key: string, labels: Labels, actor: Actor | undefined, at: number): Member {
    const workerId = labels['WorkerId'] ?? actor?.workerId;
    const node = actor?.node ?? nodeOf(labels);
    const followed = new Set([...this.members.values()].flatMap(({ follows }) => follows ?? []));
    const free = [...this.members.values()].filter((one) => one.goneSince !== undefined && !followed.has(one.key));
    const follows = (free.find((one) => one.node === node) ?? free[0])?.key;
    const member: Member = {
      key,
      name: this.names.of(key),
      node,
      native: workerId === undefined,
      workerId,
      follows,
      firstSeenAt: at,
      reported: false,
    };
    this.members.set(key, member);
    return member;
  }

  private follow(member: Member, { at, moved, still, reset, working, latelyMs }: Deeds): void {
    const { key } = member;
    if (moved.has(key)) member.movedAt = at;
    member.resetAt = reset.has(key) ? (member.resetAt ?? at) : undefined;
    member.stuckSince =
      working.has(key) && still.has(key) ? (member.stuckSince ?? member.movedAt ?? at - latelyMs) : undefined;
  }
}

/** Labels that a scrape and our questions add. */
const added = new Set(['__name__', 'instance', 'job', pieceLabel]);

/** What an engine said of its cache at its start. */
export const configOf = (labels: Labels): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => !isNoise(label, 'gauge') && !added.has(label)));

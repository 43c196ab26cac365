/** One run over time: takes each scrape's answers, gives each scrape's snapshot. */
import type { Engine, Finding, ServerFacts, Snapshot, TargetReport, Trigger } from '../api';
import { engineActors, type Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import { backendOf, type Backend } from '../discovery/rayBackend';
import type { Target } from '../discovery/targets';
import type { Exposition } from '../exposition/expositionReader';
import type { TargetAnswer } from './scrapeTargets';
import { engineState, goneForMs } from '../metrics/engineState';
import { isNoise, type SeriesMeta } from '../metrics/seriesMeta';
import { EngineNames } from '../metrics/engineNames';
import { Diagnosis, releaseOf } from '../diagnosis/index';
import type { Followed } from '../diagnosis/types';
import { Layouts, type SeriesLayout } from '../metrics/seriesIndex';
import { Measuring } from '../metrics/measureEvaluator';
import { Parts } from '../metrics/nonEngineSubjects';
import { asked } from '../metrics/catalogIndex';
import { Readings, type SubjectReading, type TargetReading } from '../metrics/targetReader';
import { newTrack, updateTrack, type Track } from '../metrics/subjectState';
import { skyrlValuesInSlices, type ReadingPair } from '../metrics/skyrlValues';
import { atOnce, inSlices, type Sliced } from '../shared/timeSlice';

export interface ScrapeInput {
  trigger: Trigger;
  /** Unix ms. */
  now: number;
  /** All targets of the run, asked or not. */
  targets: readonly Target[];
  answers: readonly TargetAnswer<Exposition<SeriesMeta>>[];
  /** By worker id; undefined where nobody could be asked. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** What servers say of themselves, by the URL of their `/metrics`. */
  servers?: ReadonlyMap<string, ServerFacts>;
  /** What could be laid to an engine on Ray, by worker id. */
  factsOf?: ReadonlyMap<string, ServerFacts>;
  /** Worker ids of other runs on this cluster: no engines of this one. What SkyRL logs counts them in. */
  others?: ReadonlySet<string>;
  /** Load averages by node address, where the dashboard was asked now and answered. */
  loads?: ReadonlyMap<string, LoadAverage>;
  rayVersion: string | undefined;
  expected: number | undefined;
  /** What a window before this one called its engines, by id. */
  names?: ReadonlyMap<string, string>;
  /** What was found before anything was measured. */
  findings?: readonly Finding[];
}

/** A target's last good answer. It lives through one failure: for the next delta only. */
interface Kept {
  reading: TargetReading;
  failures: number;
}

export class Run {
  private readonly kept = new Map<string, Kept>();
  private readonly tracks = new Map<string, Track>();
  private readonly layouts = new Layouts();
  private readonly readings = new Readings(this.layouts);
  private readonly parts = new Parts();
  private readonly measuring = new Measuring();
  private readonly diagnosis = new Diagnosis();
  private readonly names = new EngineNames();
  private readonly goneSince = new Map<string, number>();

  /** Takes one scrape in. Pure but for what this run remembers. */
  add(input: ScrapeInput): Snapshot {
    return atOnce(this.adding(input));
  }

  /** The same, with pauses for others. Nothing else may be taken in meanwhile. */
  addInSlices(input: ScrapeInput): Promise<Snapshot> {
    return inSlices(this.adding(input));
  }

  private *adding(input: ScrapeInput): Sliced<Snapshot> {
    const { trigger, answers, now, targets, actors } = input;
    const readings = new Map<string, TargetReading>();
    for (const { target, at, result } of answers) {
      if (result) readings.set(target.url, this.readings.read(target.url, at, result));
      yield;
    }
    const at = readings.size > 0 ? Math.max(...[...readings.values()].map((reading) => reading.at)) : now;
    const backend = backendOf(versionIn(readings) ?? input.rayVersion);
    const pairs = [...readings.values()].map((reading): ReadingPair => ({
      now: reading,
      before: this.kept.get(reading.url)?.reading,
    }));
    const values = yield* skyrlValuesInSlices(pairs);
    const others = input.others ?? nobody;
    const own = new Map([...readings].map(([url, reading]) => [url, withoutEngines(reading, others)] as const));
    this.meet(own, others, input);
    for (const {
      before,
      now: { url },
    } of pairs) {
      this.follow({ now: own.get(url) as TargetReading, before }, backend, actors);
      yield;
    }
    const listed = new Set(targets.map(({ url }) => url));
    this.readings.forget(listed);
    this.parts.add({ pairs, listed, actors, others, backend });
    if (input.loads) this.parts.addLoads(input.loads, at);
    for (const { now: reading } of pairs)
      for (const { layout, values: met } of [...reading.engines.values(), ...reading.parts.values()]) layout.meet(met);
    yield;
    this.keep(readings, answers, targets);
    // A run that turned out to be another's takes its engines along.
    for (const key of others) this.tracks.delete(key);
    const states = this.states(input, backend, at);
    this.forget(states, at);
    const tracks = [...this.tracks.values()];
    const living = tracks.filter(({ key }) => states.get(key) !== 'dead' && states.get(key) !== 'gone');
    const partTracks = this.parts.tracks;
    const all = [...living, ...partTracks];
    const {
      measures,
      own: measuresOf,
      distributions,
      sinceStart,
    } = yield* this.measuring.measure({
      living: all,
      now: at,
      sliding: trigger === 'timer',
      rebuiltSums: backend !== undefined && backend !== 'opencensus',
    });
    yield;
    const engines = tracks.map((track) =>
      toEngine(
        track,
        states.get(track.key) ?? 'silent',
        measuresOf.get(track.key) ?? {},
        actors?.get(track.key),
        factsFor(track, input),
      ),
    );
    yield;
    const phase = this.parts.phase();
    const parts = this.parts.toParts(measuresOf);
    const reports = answers.map((answer) => toReport(answer, readings.get(answer.target.url)));
    const found = yield* this.diagnosis.findingsInSlices({
      now: at,
      engines,
      followed: living.map(toFollowed),
      measures,
      parts,
      phase,
      targets: reports,
      expected: input.expected,
    });
    return {
      at,
      window: windowOf(pairs, at),
      trigger,
      values,
      measures,
      sinceStart,
      engines,
      targets: reports,
      findings: [...(input.findings ?? []), ...found],
      ...(Object.keys(distributions).length > 0 && { distributions }),
      ...(phase && { phase }),
      ...(parts.length > 0 && { parts }),
    };
  }

  /** Gives a track to every engine met first: those that report, and those whose actor is there before its first report. */
  private meet(
    readings: ReadonlyMap<string, TargetReading>,
    others: ReadonlySet<string>,
    { actors, now, names = new Map() }: ScrapeInput,
  ): void {
    const reporting = [...readings.values()].flatMap(({ url, at, engines }) =>
      [...engines.values()].map((engine) => newcomer(engine, url, at, actors)),
    );
    const listed = [...(actors?.values() ?? [])].filter(
      ({ className, state, workerId }) => engineActors.has(className) && state !== 'DEAD' && !others.has(workerId),
    );
    const silent = listed.map((actor): Newcomer => ({
      key: actor.workerId,
      target: '',
      node: actor.node ?? '',
      at: now,
      workerId: actor.workerId,
      actor,
    }));
    const order = (one: Newcomer): number => one.actor?.startedAt ?? Number.MAX_SAFE_INTEGER;
    const met = [...reporting, ...silent].sort((a, b) => order(a) - order(b));
    this.names.meet(
      met.map(({ key }) => key),
      names,
    );
    for (const one of met) {
      const track = this.tracks.get(one.key) ?? this.toTrack(one, actors);
      this.tracks.set(one.key, track);
      if (one.target !== '') track.target = one.target;
      // The dashboard may begin to answer long after the engine was met: with a token, for one.
      if (one.actor?.pid !== undefined) track.pid = one.actor.pid;
    }
  }

  private toTrack(one: Newcomer, actors: ReadonlyMap<string, Actor> | undefined): Track {
    const follows = this.vacancy(one, actors);
    const { key, target, node, workerId, layout = this.layouts.named(key) } = one;
    return {
      ...newTrack({
        key,
        subject: 'engine',
        name: this.names.of(key),
        layout,
        native: workerId === undefined,
        target,
        node,
        firstSeenAt: one.at,
      }),
      ...(workerId !== undefined && { workerId }),
      ...(one.model !== undefined && { model: one.model }),
      ...(follows !== undefined && { follows }),
    };
  }

  /** The engine whose place a newcomer takes: dead or gone, on its node if there is one, and not followed yet. */
  private vacancy({ node, actor }: Newcomer, actors: ReadonlyMap<string, Actor> | undefined): string | undefined {
    const followed = new Set([...this.tracks.values()].flatMap(({ follows }) => follows ?? []));
    // Scrapes may be minutes apart, or begin late: then death and restart are met at once.
    const free = [...this.tracks.keys()].filter(
      (key) => !followed.has(key) && (this.goneSince.has(key) || endedBefore(actors?.get(key), actor)),
    );
    return free.find((key) => this.tracks.get(key)?.node === node) ?? free[0];
  }

  private follow(
    { now: reading, before }: ReadingPair,
    backend: Backend | undefined,
    actors: ReadonlyMap<string, Actor> | undefined,
  ): void {
    for (const engine of reading.engines.values()) {
      const track = this.tracks.get(engine.key);
      if (!track) continue;
      if (engine.meta.model !== undefined) track.model ??= engine.meta.model;
      const alive = actors?.get(engine.key)?.state === 'ALIVE';
      updateTrack(track, {
        reading: engine,
        at: reading.at,
        beforeAt: before?.at,
        backend,
        alive,
        processStart: track.native ? reading.processStart : undefined,
      });
    }
  }

  private keep(
    readings: ReadonlyMap<string, TargetReading>,
    answers: ScrapeInput['answers'],
    targets: readonly Target[],
  ): void {
    for (const [url, reading] of readings) this.kept.set(url, { reading, failures: 0 });
    for (const { target, error } of answers) {
      const kept = this.kept.get(target.url);
      if (!error || !kept) continue;
      kept.failures += 1;
      if (kept.failures > 1) this.kept.delete(target.url);
    }
    const listed = new Set(targets.map(({ url }) => url));
    for (const url of this.kept.keys()) if (!listed.has(url)) this.kept.delete(url);
  }

  private states(input: ScrapeInput, backend: Backend | undefined, now: number): Map<string, Engine['state']> {
    const { targets, actors } = input;
    const listed = new Set(targets.map(({ url }) => url));
    return new Map(
      [...this.tracks.values()].map((track) => {
        const actor = actors?.get(track.key);
        const unlisted = !track.native && actors !== undefined && actors.size > 0 && !actor;
        const targetListed = track.target === '' || listed.has(track.target);
        return [
          track.key,
          engineState(track, { now, actor, unlisted, targetListed, backend, facts: factsFor(track, input) }),
        ];
      }),
    );
  }

  /** Engines that are gone leave after a while; the dead stay as long as their counters do. */
  private forget(states: ReadonlyMap<string, Engine['state']>, now: number): void {
    for (const [key, state] of states) {
      if (state === 'dead' || state === 'gone') this.goneSince.set(key, this.goneSince.get(key) ?? now);
      else this.goneSince.delete(key);
      const since = this.goneSince.get(key);
      if (state === 'gone' && since !== undefined && now - since > goneForMs) this.tracks.delete(key);
    }
  }
}

function toFollowed({ key, name, native, firstSeenAt, values, stuckSince, resetAt, layout }: Track): Followed {
  const families = layout.of(asked.running).length > 0 ? layout.families.size : undefined;
  return {
    key,
    name,
    native,
    firstSeenAt,
    reported: values !== undefined,
    stuckSince,
    resetAt,
    renamed: layout.renamed,
    families,
  };
}

const nobody: ReadonlySet<string> = new Set();

function withoutEngines(reading: TargetReading, keys: ReadonlySet<string>): TargetReading {
  if (keys.size === 0) return reading;
  return { ...reading, engines: new Map([...reading.engines].filter(([key]) => !keys.has(key))) };
}

interface Newcomer {
  key: string;
  target: string;
  node: string;
  at: number;
  workerId: string | undefined;
  model?: string | undefined;
  layout?: SeriesLayout;
  actor: Actor | undefined;
}

function newcomer(
  { key, meta, layout }: SubjectReading,
  target: string,
  at: number,
  actors: ReadonlyMap<string, Actor> | undefined,
): Newcomer {
  return {
    key,
    target,
    at,
    node: meta.node,
    workerId: meta.workerId,
    model: meta.model,
    layout,
    actor: actors?.get(key),
  };
}

/** Whether one actor had died before the other began. */
function endedBefore(one: Actor | undefined, other: Actor | undefined): boolean {
  return (
    one?.state === 'DEAD' &&
    one.endedAt !== undefined &&
    other?.startedAt !== undefined &&
    one.endedAt <= other.startedAt
  );
}

function versionIn(readings: ReadonlyMap<string, TargetReading>): string | undefined {
  for (const { engines } of readings.values())
    for (const { meta } of engines.values()) if (meta.rayVersion !== undefined) return meta.rayVersion;
  return undefined;
}

function windowOf(pairs: readonly ReadingPair[], at: number): Snapshot['window'] {
  const begins = pairs.flatMap(({ before }) => before?.at ?? []);
  return begins.length === 0 ? undefined : { from: Math.min(...begins), to: at };
}

/** What a server said of an engine: natively its own, on Ray what could be laid to its worker. */
function factsFor({ native, key, target }: Track, { servers, factsOf }: ScrapeInput): ServerFacts | undefined {
  return native ? servers?.get(target) : factsOf?.get(key);
}

function toEngine(
  track: Track,
  state: Engine['state'],
  measures: Engine['measures'],
  actor: Actor | undefined,
  server: ServerFacts | undefined,
): Engine {
  const { key, name, node, workerId, model, pid, movedAt, follows } = track;
  const release = server?.version === undefined ? releaseOf(track.layout.families, track.layout.renamed) : undefined;
  return {
    id: key,
    name,
    node,
    state,
    measures,
    ...said({
      workerId,
      model,
      pid,
      movedAt,
      follows,
      job: actor?.jobId,
      startedAt: actor?.startedAt,
      release,
      server,
      config: configOf(track),
    }),
  };
}

/** Without what is undefined. */
function said<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const kept: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {};
  for (const key in fields)
    if (fields[key] !== undefined) kept[key] = fields[key] as Exclude<Fields[typeof key], undefined>;
  return kept;
}

const configs = new WeakMap<SeriesMeta, Record<string, string>>();

/** The labels of the newest `cache_config_info`: the engine says them once, at its start. */
function configOf({ layout, gauges }: Track): Record<string, string> | undefined {
  let newest: number | undefined;
  for (const place of layout.of(asked.cacheConfig))
    if (!Number.isNaN(gauges.at[place] ?? NaN) && !((gauges.at[place] ?? 0) <= (gauges.at[newest ?? -1] ?? -Infinity)))
      newest = place;
  const meta = newest === undefined ? undefined : layout.metas[newest];
  if (!meta) return undefined;
  const known = configs.get(meta) ?? Object.fromEntries([...meta.labels].filter(([label]) => !isNoise(label, 'gauge')));
  configs.set(meta, known);
  return known;
}

function toReport(
  { target, bytes, tookMs, result, error }: TargetAnswer<Exposition<SeriesMeta>>,
  reading: TargetReading | undefined,
): TargetReport {
  const common = {
    url: target.url,
    kind: target.kind,
    ...(target.about !== undefined && { about: target.about }),
    bytes,
    samples: result?.samples ?? 0,
    tookMs,
  };
  if (error) return { ...common, state: 'failed', error: error.message };
  return { ...common, state: reading && reading.engines.size > 0 ? 'ok' : 'empty' };
}

/** Prometheus as the source: a snapshot from one batch of instant queries, aggregated there. Nothing is asked of the targets. */
import type { Engine, Finding, Part, Snapshot } from '../api';
import { backendOf } from '../discovery/rayBackend';
import { catalogRow } from '../metrics/catalog';
import { Diagnosis } from '../diagnosis/index';
import { isThere } from '../metrics/engineState';
import { partName } from '../metrics/nonEngineSubjects';
import type { Known, Looking, Seen as SeenRun, Source, SourceReport } from '../collector/snapshotSource';
import { formatDuration } from '../shared/format';
import { askBatch, type Batch } from './batch';
import type { PrometheusClient } from './client';
import { durationText, type InstantSample } from './responseData';
import { deedPieces, Engines, seenIn, totalPieces, totalsIn, type Seen } from './engineTracker';
import { toPrometheusError, type PrometheusError } from './errors';
import type { Piece } from './expressions';
import { heldPieces, newHeld, takeHeld } from './lastValues';
import { loggedPieces, loggedValues } from './skyrlValueQueries';
import { measured, measurePieces, type Measured } from './measures';
import { keyOf, withoutWorkers } from './scopes';
import { failedWhole, targetsByInstance, whoseSeries, type Names, type Whose } from './runSelector';

/** Of Prometheus, where it does not say. */
export const usualIntervalMs = 15_000;
/** A name that comes is noticed within it. */
const namesEveryMs = 60_000;
const firstRangeMs = 6 * 3_600_000;
const leastTimeoutMs = 15_000;
/** So far ahead or behind is another clock, not a slow network. */
const clocksApartMs = 30_000;
const oldestMs = 24 * 3_600_000;

export interface PrometheusSourceOptions {
  /** Throws a PrometheusError that says why there is none. */
  client: () => PrometheusClient;
  /** How often it scrapes, in ms. */
  intervalMs: () => Promise<number | undefined>;
  now: () => number;
}

/** What a round found before it measures. */
interface Found extends Whose {
  client: PrometheusClient;
  /** The newest sample of the run. */
  at: number;
  seen: Map<string, Seen>;
  known: Map<string, string>;
  intervalMs: number;
}

/** How far back questions reach, in ms: rates, what moves, what is set once; and where SkyRL's window begins, in Unix ms. */
interface Spans {
  windowMs: number;
  latelyMs: number;
  heldMs: number;
  from: number;
}

interface Told {
  batch: Batch<InstantSample>;
  spans: Spans;
  /** Families under old names. */
  renamed: ReadonlySet<string>;
  tookMs: number;
}

/** All of one snapshot. Workers that have ended or are another run's are in no measure; what SkyRL logs counts them in. */
function questions(
  { at, seen, scopes: all }: Found,
  { actors, others }: Known,
  { windowMs, latelyMs, heldMs, from }: Spans,
): { pieces: Piece[]; renamed: Set<string> } {
  const ended = [...seen.keys()].filter((key) => actors?.get(key)?.state === 'DEAD' || others.has(key));
  const scopes = all.map((scope) =>
    scope.kind === 'ray' && ended.length > 0 ? { ...scope, ofEngines: [withoutWorkers(ended)] } : scope,
  );
  return {
    pieces: [
      ...measurePieces({ scopes, windowMs }),
      ...deedPieces(scopes, durationText(latelyMs), durationText(windowMs)),
      ...totalPieces(scopes),
      ...heldPieces(scopes, durationText(heldMs)),
      ...loggedPieces(all, durationText(at - from)),
    ],
    renamed: new Set(scopes.flatMap(({ spelled }) => [...spelled.renamed])),
  };
}

export class PrometheusSource implements Source {
  private engines = new Engines();
  private diagnosis = new Diagnosis();
  private held = newHeld();
  private askedHeld = false;
  private loads = new Map<string, number>();
  /** When the snapshot before was, and what its `values` ran from. */
  private before: { at: number; from: number } | undefined;
  private names = new Map<string, { at: number; names: Promise<string[]> }>();

  constructor(private readonly options: PrometheusSourceOptions) {}

  beginAnew(): void {
    this.engines = new Engines();
    this.diagnosis = new Diagnosis();
    this.held = newHeld();
    this.askedHeld = false;
    this.before = undefined;
  }

  forgetFailures(): void {
    this.names.clear();
  }

  async look(looking: Looking): Promise<SeenRun> {
    const { discovery, signal } = looking;
    try {
      const found = await this.find(looking);
      const labels = [...found.seen.values()].map(({ labels: own }) => own);
      const seen: SeenRun = {
        discovery,
        answers: [],
        errors: new Map(),
        report: reportOf(found, this.options.now()),
        sessions: new Set(labels.flatMap(({ SessionName }) => SessionName ?? [])),
        rayVersion: labels.find(({ Version }) => Version)?.['Version'],
        models: new Map(
          labels.flatMap(({ WorkerId, model_name: model }) => (WorkerId && model ? [[WorkerId, model] as const] : [])),
        ),
        measure: (known) =>
          this.measure(found, known, looking, (batch) => {
            const { failures, queries } = batch;
            const [failure] = failures;
            const state = failures.length === queries ? 'failed' : 'partial';
            if (failure)
              seen.report = { url: found.client.base, matched: found.matched, state, words: wordsOf(failure) };
            seen.counted = { url: found.client.base, at: found.at, engines: totalsIn(batch, found.known) };
          }),
      };
      return seen;
    } catch (error) {
      signal.throwIfAborted();
      const failure = toPrometheusError(error);
      const url = this.url;
      return {
        discovery,
        answers: [],
        errors: new Map(),
        sessions: new Set(),
        rayVersion: undefined,
        models: new Map(),
        report: { url, state: 'failed', words: wordsOf(failure), matched: '' },
        measure: async (known) => this.nothing(known, url, failure),
      };
    }
  }

  private get url(): string {
    try {
      return this.options.client().base;
    } catch {
      return 'Prometheus';
    }
  }

  private async find({ discovery, session, signal, timeoutMs }: Looking): Promise<Found> {
    const client = this.options.client();
    const asking = { client, signal, timeoutMs: Math.max(leastTimeoutMs, timeoutMs) };
    const names: Names = (matchers) => this.namesOf(client, `{${matchers.join(',')}}`, signal);
    const known = targetsByInstance(discovery);
    const intervalMs = (await this.options.intervalMs()) ?? usualIntervalMs;
    let whose = await whoseSeries(discovery, session, names, asking);
    throwWhole(whose.who);
    let seen = seenIn(whose.who, known);
    if (seen.size === 0 && whose.scopes.length > 0) {
      const last = await this.lastTime(whose, asking);
      if (last !== undefined) whose = await whoseSeries(discovery, session, names, asking, last);
      seen = seenIn(whose.who, known);
    }
    const at = Math.max(...[...seen.values()].map((one) => one.at));
    return { ...whose, client, seen, known, intervalMs, at };
  }

  /** When this run was scraped last, where that is longer ago than Prometheus looks back by itself. */
  private async lastTime(
    { scopes }: Whose,
    { client, signal, timeoutMs }: { client: PrometheusClient; signal: AbortSignal; timeoutMs: number },
  ): Promise<number | undefined> {
    const series = scopes.flatMap((scope) =>
      [...(scope.spelled.names.get('generation_tokens counter') ?? [])].map(
        (name) => `${name}{${scope.matchers.join(',')}}`,
      ),
    );
    if (series.length === 0) return undefined;
    const times = series
      .map((one) => `max_over_time(max(timestamp(${one}))[${durationText(oldestMs)}:4m])`)
      .join(' or ');
    const { data } = await client.query(`max(${times})`, undefined, signal, timeoutMs);
    const value = data.type === 'vector' ? data.samples[0]?.value : undefined;
    return value === undefined ? undefined : Math.round(value * 1000);
  }

  private namesOf(client: PrometheusClient, match: string, signal: AbortSignal): Promise<string[]> {
    const key = `${client.base} ${match}`;
    const known = this.names.get(key);
    const now = this.options.now();
    if (known && now - known.at < namesEveryMs && now >= known.at) return known.names;
    const names = client.labelValues('__name__', [match], signal);
    this.names.set(key, { at: now, names });
    names.catch(() => this.names.delete(key));
    return names;
  }

  private async measure(
    found: Found,
    known: Known,
    { signal, timeoutMs }: Looking,
    tell: (batch: Batch<InstantSample>) => void,
  ): Promise<Snapshot> {
    if (found.seen.size === 0) return this.empty(found, known);
    const begun = this.options.now();
    const spans = this.spansOf(found);
    const { pieces, renamed } = questions(found, known, spans);
    const batch = await askBatch(found.client, pieces, found.at, signal, Math.max(leastTimeoutMs, timeoutMs));
    signal.throwIfAborted();
    tell(batch);
    const failure = failedWhole(batch);
    return failure
      ? this.nothing(known, found.client.base, failure)
      : this.told(found, known, { batch, spans, renamed, tookMs: this.options.now() - begun });
  }

  /** How far back each question reaches, in ms, and where SkyRL's window begins. */
  private spansOf({ at, intervalMs }: Found): Spans {
    const { before } = this;
    const latelyMs = Math.max(20_000, 3 * intervalMs);
    const usual = at - Math.max(intervalMs, 10_000);
    // Without a newer sample the snapshot is the one before, once more.
    const from =
      before?.at === at ? before.from : before && before.at < at && at - before.at < firstRangeMs ? before.at : usual;
    const heldMs = this.askedHeld ? Math.max(latelyMs, 2 * (this.options.now() - (before?.at ?? at))) : firstRangeMs;
    return { windowMs: windowOf(intervalMs), latelyMs, heldMs, from };
  }

  private told(found: Found, known: Known, { batch, spans, renamed, tookMs }: Told): Snapshot {
    const { client, at, who } = found;
    const { from, windowMs } = spans;
    takeHeld(this.held, batch, { at, rangeMs: spans.heldMs, known: found.known });
    this.askedHeld = true;
    this.before = { at, from };
    for (const [node, [load]] of known.loads ?? []) this.loads.set(node, load);
    const states = this.statesOf(found, known, batch, spans);
    const living = new Set(states.filter(isThere).map(({ id }) => id));
    const backend = backendOf(known.rayVersion);
    const there = new Set([...found.seen.keys()].filter((key) => living.has(key)));
    const { measures, own, distributions } = measured({
      batch,
      at,
      windowMs,
      known: found.known,
      nodes: this.held.nodes,
      living,
      held: this.heldOf(there, at),
      rebuiltSums: backend !== undefined && backend !== 'opencensus',
    });
    const engines = states.map((engine): Engine => ({
      ...engine,
      measures: own.get(engine.id) ?? {},
      ...configFor(this.held.configs.get(engine.id)),
    }));
    const parts = partsOf(own, this.held.nodes);
    const { phase } = this.held;
    const diagnosed = this.diagnosis.findings({
      now: at,
      engines,
      followed: this.engines.followed(engines, renamed),
      measures,
      parts,
      phase,
      targets: [],
      expected: known.expected,
    });
    return {
      at,
      window: { from, to: at },
      trigger: known.trigger,
      source: { kind: 'prometheus', url: client.base },
      values: loggedValues(batch),
      measures,
      sinceStart: {},
      engines,
      targets: [
        {
          url: client.base,
          kind: 'other',
          about: 'Prometheus',
          state: 'ok',
          bytes: who.bytes + batch.bytes,
          samples: who.samples + batch.samples,
          tookMs,
        },
      ],
      findings: [...known.findings, ...found.findings, ...batchFindings(batch, at - this.options.now()), ...diagnosed],
      ...(Object.keys(distributions).length > 0 && { distributions }),
      ...(phase && { phase }),
      ...(parts.length > 0 && { parts }),
    };
  }

  private statesOf(
    { at, seen, known, intervalMs }: Found,
    { actors, others, names }: Known,
    batch: Batch<InstantSample>,
    { latelyMs }: Spans,
  ): Engine[] {
    const moved = keysIn(batch, 'moved ', known, isAbove);
    const still = keysIn(batch, 'moved ', known, (value) => value === 0);
    const asleep = new Set(
      [...(this.held.measures.get('engines_awake') ?? [])].filter(([, { value }]) => value === 0).map(([key]) => key),
    );
    // Whoever moves is awake and stands not still.
    for (const key of moved) for (const resting of [still, asleep]) resting.delete(key);
    const reset = keysIn(batch, 'reset ', known, isAbove);
    return this.engines.add({
      at,
      seen,
      latelyMs,
      intervalMs,
      actors,
      others,
      names,
      moved,
      still,
      asleep,
      reset,
      working: keysIn(batch, 'own num_requests_', known, isAbove),
    });
  }

  /** Loads are the dashboard's word; the rest Prometheus's. Of engines only those that are there. */
  private heldOf(
    there: ReadonlySet<string>,
    at: number,
  ): Map<string, Map<string, { value: number; from?: number; to: number }>> {
    const held = new Map(
      [...this.held.measures].map(
        ([id, own]) =>
          [id, new Map([...own].filter(([key]) => catalogRow(id).subject !== 'engine' || there.has(key)))] as const,
      ),
    );
    return held.set('node_load', new Map([...this.loads].map(([node, value]) => [`node ${node}`, { value, to: at }])));
  }

  /** Whoever cannot be asked tells nothing: engines stay, their numbers do not. */
  private nothing(known: Known, url: string, failure: PrometheusError): Snapshot {
    return {
      ...this.without(known, url),
      targets: [
        {
          url,
          kind: 'other',
          about: 'Prometheus',
          state: 'failed',
          error: wordsOf(failure),
          bytes: 0,
          samples: 0,
          tookMs: 0,
        },
      ],
    };
  }

  private empty({ client, who, matched, findings }: Found, known: Known): Snapshot {
    const whole = this.without(known, client.base);
    return {
      ...whole,
      findings: [...whole.findings, ...findings],
      targets: [
        {
          url: client.base,
          kind: 'other',
          about: `Prometheus (${matched})`,
          state: 'empty',
          bytes: who.bytes,
          samples: who.samples,
          tookMs: 0,
        },
      ],
    };
  }

  private without({ trigger, now, actors, others, names, findings }: Known, url: string): Omit<Snapshot, 'targets'> {
    const nobody = new Set<string>();
    const engines = this.engines.add({
      at: now,
      seen: new Map(),
      moved: nobody,
      still: nobody,
      latelyMs: 0,
      intervalMs: usualIntervalMs,
      reset: nobody,
      working: nobody,
      asleep: nobody,
      actors,
      others,
      names,
    });
    return {
      at: now,
      window: undefined,
      trigger,
      source: { kind: 'prometheus', url },
      values: {},
      measures: {},
      sinceStart: {},
      findings: [...findings],
      // Nobody says that they are gone.
      engines: engines.map((engine) => (engine.state === 'gone' ? { ...engine, state: 'silent' } : engine)),
    };
  }
}

/** `rate` survives a failed scrape in it, and it holds whole reports of Ray's agents. */
export const windowOf = (intervalMs: number): number => Math.max(60_000, 4 * intervalMs);

export const wordsOf = ({ message, way }: PrometheusError): string =>
  [message.replace(/[^.!?…]$/, '$&.'), way].filter(Boolean).join(' ');

const configFor = (config: Record<string, string> | undefined): { config?: Record<string, string> } =>
  config ? { config } : {};

function throwWhole(batch: Batch<unknown>): void {
  const failure = failedWhole(batch);
  if (failure) throw failure;
}

const isAbove = (value: number): boolean => value > 0;

/** Engines with such a value in one of the pieces that begin so. */
function keysIn(
  { found }: Batch<InstantSample>,
  prefix: string,
  known: ReadonlyMap<string, string>,
  fits: (value: number) => boolean,
): Set<string> {
  const samples = [...found].filter(([id]) => id.startsWith(prefix)).flatMap(([, own]) => own);
  return new Set(samples.filter(({ value = NaN }) => fits(value)).map(({ labels }) => keyOf('engine', labels, known)));
}

function partsOf(own: Measured['own'], nodes: ReadonlyMap<string, string>): Part[] {
  const kinds = ['node', 'gpu', 'trainer', 'server'] as const;
  return [...own].flatMap(([id, measures]): Part[] => {
    const kind = kinds.find((each) => id.startsWith(`${each} `));
    if (!kind) return [];
    const node = nodes.get(id) ?? (kind === 'node' ? id.slice('node '.length) : '');
    return [{ id, kind, name: partName(kind, id, node, kind === 'gpu' ? id.split(' ').at(-1) : ''), node, measures }];
  });
}

function batchFindings({ failures, queries, warnings }: Batch<unknown>, aheadMs: number): Finding[] {
  const [failure] = failures;
  return [
    ...(failure
      ? [
          {
            id: 'prometheus-partial',
            severity: 'warning' as const,
            message: `${failures.length} of ${queries} queries to Prometheus failed: ${wordsOf(failure)}`,
            advice: 'What they would have told is missing here, not zero.',
          },
        ]
      : []),
    ...[...new Set(warnings)]
      .slice(0, 3)
      .map((words): Finding => ({
        id: 'prometheus-warning',
        severity: 'warning',
        message: `Prometheus warns: ${words}`,
      })),
    ...(aheadMs > clocksApartMs
      ? [
          {
            id: 'prometheus-clock',
            severity: 'warning' as const,
            message: `Prometheus’s clock is ${formatDuration(aheadMs)} ahead of this machine’s: ages here are wrong by that.`,
          },
        ]
      : []),
  ];
}

/** Old is what three scrapes have not renewed. */
function reportOf({ client, matched, seen, at, intervalMs }: Found, now: number): SourceReport {
  const common = { url: client.base, matched };
  if (seen.size === 0) return { ...common, state: 'empty', words: matched };
  const age = now - at;
  if (age > Math.max(90_000, 3 * intervalMs))
    return { ...common, state: 'old', words: `Its newest sample of this run is ${formatDuration(age)} old.` };
  return { ...common, state: 'ok', words: '' };
}

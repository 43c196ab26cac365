/**
 * The measures of families that the catalog does not know. They have their own rate windows, so that a family of
 * unknown meaning never decides whether an engine moves, is stuck or has restarted.
 */
import type { Engine, InfoLabels, Measure, OtherFamily, Part, Snapshot } from '../api';
import type { Backend } from '../discovery/rayBackend';
import type { Exposition } from '../exposition/expositionReader';
import { canonicalName } from '../exposition/canonicalName';
import { gaugeStaleAfterMs } from './gaugeValues';
import { MeasureEvaluator } from './measureEvaluator';
import { moveSubjectTimes } from './moveTimes';
import type { OtherFamilies } from './otherFamilies';
import type { ReportInterval } from './reportInterval';
import { isConfigLabel } from './seriesIdentity';
import { SeriesIndexes } from './seriesIndex';
import type { SeriesMeta } from './seriesMeta';
import { subjectName } from './nonEngineSubjects';
import type { ReadingPair } from './skyrlTotals';
import { newSubjectState, type SubjectState } from './subjectState';
import { TargetReader, type SubjectReading, type TargetReading } from './targetReader';
import { updateSubjectState } from './updateSubjectState';
import type { SlicedWork } from '../shared/timeSlice';

/** One target's answer, and when the answer before it began; undefined if that one does not count. Unix ms. */
export interface OtherAnswer {
  url: string;
  at: number;
  beforeAt: number | undefined;
  /** Another process gave this answer. */
  change: ReadingPair['change'];
  /** How often the workers of the target's node report. Servers are always up to date. */
  reportInterval: ReportInterval;
  exposition: Exposition<SeriesMeta>;
}

/** Of which subjects and when the measures are. */
export interface OtherScope {
  /** Ids of engines that are neither dead nor gone. */
  livingEngines: readonly string[];
  /** Unix ms. */
  now: number;
  /** Whether rates are taken over the last three rate windows. */
  sliding: boolean;
  backend: Backend | undefined;
}

/** Label sets of one info family that are listed for each subject. */
const maxInfoSeries = 16;

/** Keeps the states of all subjects with such families, scrape after scrape of one run. */
export class OtherMetrics {
  private readonly targetReader: TargetReader;
  private readonly evaluator: MeasureEvaluator;
  private readonly states = new Map<string, SubjectState>();

  constructor(private readonly families: OtherFamilies) {
    this.targetReader = new TargetReader(new SeriesIndexes(families.index), true);
    this.evaluator = new MeasureEvaluator(families.index);
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const state of this.states.values()) moveSubjectTimes(state, ms);
  }

  /** Takes over the answers of one scrape. `listedUrls`: all targets of the run. */
  *update(
    answers: readonly OtherAnswer[],
    listedUrls: ReadonlySet<string>,
    backend: Backend | undefined,
  ): SlicedWork<void> {
    if (this.families.families.length === 0) return;
    this.targetReader.forgetUnlisted(listedUrls);
    for (const { url, at, beforeAt, change, reportInterval, exposition } of answers) {
      const reading = yield* this.targetReader.readInSteps(url, at, exposition);
      for (const subject of [...reading.engines.values(), ...reading.nonEngines.values()]) {
        this.updateSubject(subject, reading, { beforeAt, change, backend, reportInterval });
        subject.seriesIndex.markSeen(subject.values);
      }
      yield;
    }
    for (const [key, { targetUrl }] of this.states) if (!listedUrls.has(targetUrl)) this.states.delete(key);
    this.targetReader.seriesIndexes.keepOnly(new Set(this.states.keys()));
  }

  /** The snapshot with the families' names, and with the measures of those rows that are wanted by id. */
  *addTo(snapshot: Snapshot, scope: OtherScope, wants: (id: string) => boolean): SlicedWork<Snapshot> {
    const { families, omitted } = this.families;
    if (families.length === 0) return snapshot;
    const named = { ...snapshot, otherFamilies: families, ...(omitted > 0 && { otherFamiliesOmitted: omitted }) };
    const living = this.livingStates(scope);
    const { measures, bySubject, distributions, sinceStart } = yield* this.evaluator.measure({
      livingSubjects: living,
      now: scope.now,
      sliding: scope.sliding,
      rebuiltSums: scope.backend !== undefined && scope.backend !== 'opencensus',
      wants,
    });
    yield;
    const infos = this.infosOf(families, living, scope.now, wants);
    if (Object.keys(measures).length === 0 && bySubject.size === 0 && infos.length === 0) return named;
    const withOwn = <Subject extends Engine | Part>(subject: Subject): Subject => {
      const own = bySubject.get(subject.id);
      return own ? { ...subject, measures: { ...subject.measures, ...own } } : subject;
    };
    const parts = [...(snapshot.parts ?? []).map(withOwn), ...this.newServers(snapshot.parts ?? [], bySubject)];
    return {
      ...named,
      measures: { ...snapshot.measures, ...ofAllEngines(measures, families, scope.livingEngines.length) },
      sinceStart: { ...snapshot.sinceStart, ...sinceStart },
      engines: snapshot.engines.map(withOwn),
      ...(parts.length > 0 && { parts }),
      ...(infos.length > 0 && { otherInfos: infos }),
      ...((snapshot.distributions || Object.keys(distributions).length > 0) && {
        distributions: { ...snapshot.distributions, ...distributions },
      }),
    };
  }

  private updateSubject(
    subject: SubjectReading,
    { url, at, processStart }: TargetReading,
    { reportInterval, ...comparison }: Omit<OtherAnswer, 'url' | 'at' | 'exposition'> & Pick<OtherScope, 'backend'>,
  ): void {
    const { key, meta, seriesIndex } = subject;
    const known = this.states.get(key);
    const state =
      known ??
      newSubjectState({
        key,
        subject: meta.subject,
        name: key,
        seriesIndex,
        native: meta.workerId === undefined,
        targetUrl: url,
        node: meta.node,
        firstSeenAt: at,
      });
    state.targetUrl = url;
    if (!state.native) state.reportInterval = reportInterval;
    this.states.set(key, state);
    updateSubjectState(state, {
      reading: subject,
      at,
      ...comparison,
      alive: true,
      processStart: state.native ? processStart : undefined,
    });
  }

  private livingStates({ livingEngines }: OtherScope): SubjectState[] {
    const living = new Set(livingEngines);
    return [...this.states.values()].filter(({ key, subject }) => subject !== 'engine' || living.has(key));
  }

  /** Servers that have no measure of the catalog. */
  private newServers(parts: readonly Part[], bySubject: ReadonlyMap<string, Record<string, Measure>>): Part[] {
    const known = new Set(parts.map(({ id }) => id));
    return [...this.states.values()].flatMap(({ key, subject, node }) => {
      const measures = bySubject.get(key);
      if (subject !== 'server' || known.has(key) || !measures || Object.keys(measures).length === 0) return [];
      return [{ id: key, kind: 'server' as const, name: subjectName('server', key, node), node, measures }];
    });
  }

  private infosOf(
    families: readonly OtherFamily[],
    states: readonly SubjectState[],
    now: number,
    wants: (id: string) => boolean,
  ): InfoLabels[] {
    const idByFamily = new Map(
      families.flatMap(({ id, name, type }) =>
        type === 'info' && wants(id) ? [[canonicalName(name) ?? name, id] as const] : [],
      ),
    );
    if (idByFamily.size === 0) return [];
    return states.flatMap(({ key, seriesIndex, gauges }) => {
      const shown = new Map<string, Set<string>>();
      return seriesIndex.gauges.flatMap((slot): InfoLabels[] => {
        const meta = seriesIndex.metas[slot];
        const family = meta && idByFamily.get(meta.family);
        if (!meta || family === undefined || now - (gauges.at[slot] ?? NaN) >= gaugeStaleAfterMs) return [];
        if (Number.isNaN(gauges.values[slot] ?? NaN)) return [];
        const labels = [...meta.labels].filter(([label]) => isConfigLabel(label));
        const text = JSON.stringify(labels);
        const own = shown.get(family) ?? new Set();
        // All ranks of an engine have the same facts.
        if (own.has(text) || own.size === maxInfoSeries) return [];
        shown.set(family, own.add(text));
        return [{ family, engine: key, labels: Object.fromEntries(labels) }];
      });
    });
  }
}

/** Aggregates say how many of all engines they count, not of those that have any such family. */
function ofAllEngines(
  measures: Record<string, Measure>,
  families: readonly OtherFamily[],
  engineCount: number,
): Record<string, Measure> {
  const serverIds = families.filter(({ subject }) => subject === 'server').map(({ id }) => id);
  return Object.fromEntries(
    Object.entries(measures).map(([id, measure]) => {
      const isOfServer = serverIds.some((serverId) => id.startsWith(serverId));
      return [id, isOfServer ? measure : { ...measure, of: engineCount }];
    }),
  );
}

/** What was so over a stretch of time: training phases, engines' states, restarts. */
import type { Engine, EngineState, Snapshot } from '../api';
import type { ChartBand, ChartSubject } from '../shared/chartData';
import { maxPointDistanceMs } from './seriesRows';

/** The oldest go first. */
export const maxBands = 2_000;

/** States that are nothing to speak of. */
const ordinaryStates: ReadonlySet<EngineState> = new Set(['active', 'quiet']);

/** Bands of one kind and one subject follow one another. */
const bandSubjectKey = ({ kind, engine }: Pick<ChartBand, 'kind' | 'engine'>): string => `${kind} ${engine?.id ?? ''}`;

const subjectOfEngine = ({ id, name }: Engine): ChartSubject => ({ id, name });

export class BandHistory {
  /** What is not on disk yet. */
  readonly unwrittenBands = new Set<ChartBand>();
  private bands: ChartBand[] = [];
  private readonly openBands = new Map<string, ChartBand>();
  /** Engines whose restart stands. */
  private readonly restartedEngines = new Set<string>();
  /** Open when they were written to disk: the same state found soon after goes on with them. */
  private resumableBands: ChartBand[] = [];
  private seenAt = -Infinity;

  /** Takes a snapshot in; returns the bands that began, ended or were resumed. */
  add(snapshot: Snapshot, keepFrom: number): ChartBand[] {
    const changed = new Set<ChartBand>();
    const { at, phase, engines } = snapshot;
    if (at < this.seenAt) this.truncate(at);
    // What was so while nobody looked is not known.
    if (at - this.seenAt > maxPointDistanceMs)
      for (const band of this.openBands.values()) this.close(band, this.seenAt, changed);
    const present = new Map<string, ChartBand>();
    const note = (band: ChartBand): unknown => present.set(bandSubjectKey(band), band);
    if (phase) note({ kind: 'phase', from: Math.min(phase.since, at), label: phase.name });
    for (const engine of engines) {
      if (!ordinaryStates.has(engine.state))
        note({ kind: 'state', engine: subjectOfEngine(engine), from: at, label: engine.state });
      if (engine.follows !== undefined && !this.restartedEngines.has(engine.id)) this.restart(engine, at, changed);
    }
    for (const [subject, band] of this.openBands) {
      const now = present.get(subject);
      const goesOn = now?.label === band.label && (band.kind !== 'phase' || now.from <= band.from);
      if (!goesOn) this.close(band, now?.from ?? at, changed);
    }
    for (const [subject, band] of present) if (!this.openBands.has(subject)) this.begin(subject, band, changed);
    this.seenAt = at;
    this.resumableBands = [];
    this.dropExpired(keepFrom);
    for (const band of changed) this.unwrittenBands.add(band);
    return [...changed].map((band) => ({ ...band }));
  }

  /** Those that touch the time from `from` to `to`, as copies, in the order of their beginnings. */
  bandsBetween(from: number, to: number): ChartBand[] {
    return this.bands
      .filter((band) => band.from <= to && endOf(band) >= from)
      .map((band) => ({ ...band }))
      .sort((a, b) => a.from - b.from);
  }

  /** Takes bands from disk, the newest knowledge of each last; what was open then ends when it was seen last. */
  restore(bands: readonly ChartBand[], seenAt: number): void {
    for (const band of bands) {
      const kept = { ...band };
      if (kept.to === undefined && kept.kind !== 'reset') {
        kept.to = Math.max(kept.from, seenAt);
        this.resumableBands.push(kept);
      }
      this.bands.push(kept);
      if (kept.kind === 'reset' && kept.engine) this.restartedEngines.add(kept.engine.id);
    }
  }

  private begin(subject: string, band: ChartBand, changed: Set<ChartBand>): void {
    const resumed = this.resumableBands.find(
      (one) =>
        bandSubjectKey(one) === subject && one.label === band.label && band.from - endOf(one) <= maxPointDistanceMs,
    );
    if (resumed) delete resumed.to;
    else this.bands.push(band);
    this.openBands.set(subject, resumed ?? band);
    changed.add(resumed ?? band);
  }

  private close(band: ChartBand, to: number, changed: Set<ChartBand>): void {
    band.to = Math.max(band.from, to);
    this.openBands.delete(bandSubjectKey(band));
    changed.add(band);
  }

  private restart(engine: Engine, at: number, changed: Set<ChartBand>): void {
    const band: ChartBand = { kind: 'reset', engine: subjectOfEngine(engine), from: at, label: 'restarted' };
    this.restartedEngines.add(engine.id);
    this.bands.push(band);
    changed.add(band);
  }

  /** The clock went back. */
  private truncate(at: number): void {
    for (const band of this.bands) if (band.to !== undefined && band.to > at) band.to = at;
    this.bands = this.bands.filter(({ from }) => from <= at);
    for (const [subject, band] of this.openBands) if (band.from > at) this.openBands.delete(subject);
  }

  private dropExpired(keepFrom: number): void {
    const kept = this.bands.filter((band) => endOf(band) >= keepFrom);
    this.bands = kept.slice(Math.max(0, kept.length - maxBands));
    for (const [subject, band] of this.openBands) if (!this.bands.includes(band)) this.openBands.delete(subject);
  }
}

function endOf({ kind, from, to }: ChartBand): number {
  return to ?? (kind === 'reset' ? from : Infinity);
}

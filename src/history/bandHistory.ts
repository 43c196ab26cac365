/** The bands of one run over time: training phases, engine states and restarts. */
import type { Engine, EngineState, Snapshot } from '../api';
import type { ChartBand, ChartSubject } from '../shared/chartData';
import { maxPointDistanceMs } from './seriesRows';

/**
 * Most bands that are kept, of phases and of engines; the oldest are dropped. All of 512 engines that sleep in each step
 * have as many bands in 20 steps, and must not displace the phases.
 */
export const maxBands = 10_000;

/** States that get no band. */
const ordinaryStates: ReadonlySet<EngineState> = new Set(['active', 'quiet']);

/** Bands with the same key follow one another without overlapping. */
const bandSubjectKey = ({ kind, engine }: Pick<ChartBand, 'kind' | 'engine'>): string => `${kind} ${engine?.id ?? ''}`;

const subjectOfEngine = ({ id, name }: Engine): ChartSubject => ({ id, name });

const endOf = ({ kind, from, to }: ChartBand): number => to ?? (kind === 'reset' ? from : Infinity);

/** Turns snapshots into bands. */
export class BandHistory {
  /** Bands that are new or changed since they were last written to disk. */
  readonly unwrittenBands = new Set<ChartBand>();
  private bands: ChartBand[] = [];
  /** By `bandSubjectKey`. */
  private readonly openBands = new Map<string, ChartBand>();
  /** Engines whose restart has a band. */
  private readonly restartedEngines = new Set<string>();
  /** Bands that were open when they were written to disk. The same state soon afterwards continues them. */
  private resumableBands: ChartBand[] = [];
  private lastAt = -Infinity;

  /** Adds a snapshot. Returns copies of the bands that began, ended or were continued. */
  add(snapshot: Snapshot, keepFrom: number): ChartBand[] {
    const { at, engines } = snapshot;
    const changed = new Set<ChartBand>();
    if (at < this.lastAt) this.truncate(at);
    // Nothing is known about the time between two distant snapshots.
    if (at - this.lastAt > maxPointDistanceMs)
      for (const band of this.openBands.values()) this.close(band, this.lastAt, changed);
    for (const engine of engines)
      if (engine.follows !== undefined && !this.restartedEngines.has(engine.id)) this.addRestart(engine, at, changed);
    const current = currentBands(snapshot);
    for (const [key, band] of this.openBands) {
      const now = current.get(key);
      const isSame = now?.label === band.label && (band.kind !== 'phase' || now.from <= band.from);
      if (!isSame) this.close(band, now?.from ?? at, changed);
    }
    for (const [key, band] of current) if (!this.openBands.has(key)) this.open(key, band, changed);
    this.lastAt = at;
    this.resumableBands = [];
    this.dropExpired(keepFrom);
    for (const band of changed) this.unwrittenBands.add(band);
    return [...changed].map((band) => ({ ...band }));
  }

  /** Copies of the bands that overlap a time range, by their beginning. */
  bandsBetween(from: number, to: number): ChartBand[] {
    return this.bands
      .filter((band) => band.from <= to && endOf(band) >= from)
      .map((band) => ({ ...band }))
      .sort((a, b) => a.from - b.from);
  }

  /** Adds bands from disk. `lastAt` is the time of the last snapshot on disk; bands that were open then end there. */
  restore(bands: readonly ChartBand[], lastAt: number): void {
    for (const band of bands) {
      const restored = { ...band };
      if (restored.to === undefined && restored.kind !== 'reset') {
        restored.to = Math.max(restored.from, lastAt);
        this.resumableBands.push(restored);
      }
      this.bands.push(restored);
      if (restored.kind === 'reset' && restored.engine) this.restartedEngines.add(restored.engine.id);
    }
  }

  private open(key: string, band: ChartBand, changed: Set<ChartBand>): void {
    const resumed = this.resumableBands.find(
      (one) => bandSubjectKey(one) === key && one.label === band.label && band.from - endOf(one) <= maxPointDistanceMs,
    );
    if (resumed) delete resumed.to;
    else this.bands.push(band);
    this.openBands.set(key, resumed ?? band);
    changed.add(resumed ?? band);
  }

  private close(band: ChartBand, to: number, changed: Set<ChartBand>): void {
    band.to = Math.max(band.from, to);
    this.openBands.delete(bandSubjectKey(band));
    changed.add(band);
  }

  private addRestart(engine: Engine, at: number, changed: Set<ChartBand>): void {
    const band: ChartBand = { kind: 'reset', engine: subjectOfEngine(engine), from: at, label: 'restarted' };
    this.restartedEngines.add(engine.id);
    this.bands.push(band);
    changed.add(band);
  }

  /** Removes what is later than `at`, because the clock went back. */
  private truncate(at: number): void {
    for (const band of this.bands) if (band.to !== undefined && band.to > at) band.to = at;
    this.bands = this.bands.filter(({ from }) => from <= at);
    for (const [key, band] of this.openBands) if (band.from > at) this.openBands.delete(key);
  }

  private dropExpired(keepFrom: number): void {
    const recent = this.bands.filter((band) => endOf(band) >= keepFrom);
    if (recent.length === this.bands.length && recent.length <= maxBands) return;
    this.bands = dropOldest(recent);
    const kept = new Set(this.bands);
    for (const [key, band] of this.openBands) if (!kept.has(band)) this.openBands.delete(key);
  }
}

/** The newest `maxBands` of the phases and of the others, in their order. */
function dropOldest(bands: readonly ChartBand[]): ChartBand[] {
  const isPhase = ({ kind }: ChartBand): boolean => kind === 'phase';
  const phases = bands.filter(isPhase).length;
  const surplus = { phases: phases - maxBands, others: bands.length - phases - maxBands };
  return bands.filter((band) => (isPhase(band) ? surplus.phases-- : surplus.others--) <= 0);
}

/** The bands that hold at the time of a snapshot, by `bandSubjectKey`. */
function currentBands({ at, phase, engines }: Snapshot): Map<string, ChartBand> {
  const bands: ChartBand[] = [];
  if (phase) bands.push({ kind: 'phase', from: Math.min(phase.since, at), label: phase.name });
  for (const engine of engines)
    if (!ordinaryStates.has(engine.state))
      bands.push({ kind: 'state', engine: subjectOfEngine(engine), from: at, label: engine.state });
  return new Map(bands.map((band) => [bandSubjectKey(band), band]));
}

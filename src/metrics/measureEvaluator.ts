/** From tracks to measures: what is true of each subject, and of all of them. */
import type { Distribution, Measure } from '../api';
import type { Sliced } from '../shared/timeSlice';
import type { Subject } from './catalog';
import { contribute, newContribution, spanOf, type Contribution } from './evaluateRow';
import { plannedRows, type PlannedRow } from './catalogIndex';
import { gaugeLifeMs, type Track } from './subjectState';
import { Whole } from './rowAggregate';

export interface MeasureInput {
  /** Those that live: dead and gone engines are of no aggregate. */
  living: readonly Track[];
  /** Unix ms. */
  now: number;
  /** On the timer rates slide over the last three windows; on command the last one counts. */
  sliding: boolean;
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
}

export interface Measured {
  /** By catalog id; what is absent is left out, never 0. */
  measures: Record<string, Measure>;
  /** By track key. */
  own: Map<string, Record<string, Measure>>;
  distributions: Record<string, Distribution>;
  /** Ratios over the subjects' whole lives, by catalog id: what a first scrape can say of them. */
  sinceStart: Record<string, number>;
}

/** Rows that quotients are made of. */
const divided = new Set(
  plannedRows.flatMap((planned) => (planned.kind === 'quotient' ? [planned.above, ...planned.below] : [])),
);
const noOthers: ReadonlyMap<number, Contribution> = new Map();

/** Each kind in one piece: objects that grow are slow to make and to read. */
function ownMeasure({ value, below, from, to, low, high, bucket }: Contribution): Measure {
  if (Number.isNaN(from)) return { value, to };
  if (bucket) return { value, from, to, bucket };
  if (Number.isNaN(low)) return { value, from, to };
  return {
    value,
    from,
    to,
    bounds: Number.isFinite(high) ? { low: low / below, high: high / below } : { low: low / below },
  };
}

/** Measures a run, scrape after scrape. Remembers nothing of them: what it holds is made once and serves each. */
export class Measuring {
  /** By row; of most rows nobody says anything. */
  private readonly wholes: (Whole | undefined)[] = [];
  private readonly lives: (Whole | undefined)[] = [];
  private readonly part = newContribution();

  *measure(input: MeasureInput): Sliced<Measured> {
    for (const whole of this.wholes) whole?.reset();
    for (const life of this.lives) life?.reset();
    const own: Measured['own'] = new Map();
    const counts = new Map<Subject, number>();
    for (const track of input.living) {
      own.set(track.key, this.measureOne(track, input));
      this.addLife(track);
      counts.set(track.subject, (counts.get(track.subject) ?? 0) + 1);
      yield;
    }
    return { own, ...this.allOf(counts) };
  }

  /** A subject's own measures; what is fresh of them is added to the whole. */
  private measureOne(track: Track, { now, sliding, rebuiltSums }: MeasureInput): Record<string, Measure> {
    const { part } = this;
    const span = spanOf(track, sliding ? track.windows : track.windows.slice(-1), rebuiltSums);
    const others = new Map<number, Contribution>();
    const own: Record<string, Measure> = {};
    for (const row of track.layout.rows) {
      const planned = plannedRows[row] as PlannedRow;
      if (!contribute(planned, span, others, part)) continue;
      if (divided.has(row)) others.set(row, { ...part });
      own[planned.row.id] = ownMeasure(part);
      if (now - part.seenAt < gaugeLifeMs) (this.wholes[row] ??= new Whole(planned)).add(part, track.key);
    }
    return own;
  }

  /** The ratios over its whole life. */
  private addLife(track: Track): void {
    const { values, firstSeenAt: met, layout } = track;
    if (!values) return;
    const span = spanOf(track, [{ from: met, to: met, seconds: undefined, deltas: values }], false);
    for (const row of layout.rows) {
      const planned = plannedRows[row] as PlannedRow;
      if (planned.kind === 'ratio' && contribute(planned, span, noOthers, this.part))
        (this.lives[row] ??= new Whole(planned)).add(this.part, track.key);
    }
  }

  private allOf(counts: ReadonlyMap<Subject, number>): Omit<Measured, 'own'> {
    const whole: Omit<Measured, 'own'> = { measures: {}, distributions: {}, sinceStart: {} };
    const { measures, distributions, sinceStart } = whole;
    for (let number = 0; number < plannedRows.length; number += 1) {
      const { row } = plannedRows[number] as PlannedRow;
      const of = counts.get(row.subject) ?? 0;
      const all = this.wholes[number];
      const measure = all?.measure(of);
      if (measure) measures[row.id] = measure;
      const life = this.lives[number]?.value;
      if (life !== undefined) sinceStart[row.id] = life;
      if (row.kind !== 'quantile' || row.histogram in distributions) continue;
      const distribution = all?.distribution(of);
      if (distribution) distributions[row.histogram] = distribution;
    }
    return whole;
  }
}

/** Which engines, nodes and GPUs a page has series of: as many as a plot can show. */
import type { ChartIncrement, ChartSeries, ChartSubject } from '../../shared/chartData';
import { engineLimit, type ViewOptions } from '../../shared/viewOptions';

/** The subjects to send a page; nodes and GPUs have their own metrics and take no engine's place. */
export function selectSubjects(subjects: readonly ChartSubject[], engines: ViewOptions['engines']): readonly string[] {
  const selected = subjects.filter(({ id }) => !Array.isArray(engines) || engines.includes(id));
  return [undefined, true]
    .flatMap((nonEngine) => selected.filter((subject) => subject.nonEngine === nonEngine).slice(0, engineLimit))
    .map(({ id }) => id);
}

/** Decides which series of an increment the page gets. */
export class SentSubjects {
  private subjects = new Map<string, ChartSubject>();

  /** Starts anew with the subjects of these series. */
  reset(series: readonly ChartSeries[]): void {
    this.subjects = new Map(series.flatMap(({ engine }) => (engine ? [[engine.id, engine]] : [])));
  }

  /** The series of an increment that the page shows; subjects that it shows for the first time are noted. */
  filter({ series }: ChartIncrement, { measures, engines }: Pick<ViewOptions, 'measures' | 'engines'>): ChartSeries[] {
    return series.filter(({ measure, engine }) => {
      if (!measures.includes(measure) || (engine && !this.isShown(engine, engines))) return false;
      if (engine) this.subjects.set(engine.id, engine);
      return true;
    });
  }

  private isShown(subject: ChartSubject, engines: ViewOptions['engines']): boolean {
    if (this.subjects.has(subject.id)) return true;
    if (engines === 'aggregate' || !this.hasRoomFor(subject)) return false;
    return engines === 'each' || engines.includes(subject.id);
  }

  private hasRoomFor({ nonEngine }: ChartSubject): boolean {
    return [...this.subjects.values()].filter((subject) => subject.nonEngine === nonEngine).length < engineLimit;
  }
}

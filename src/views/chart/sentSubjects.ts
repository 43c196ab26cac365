/** Which engines, nodes and GPUs a page has series of: as many as a plot can show; all for a heat map. */
import type { ChartIncrement, ChartQuery, ChartSeries, ChartSubject } from '../../shared/chartData';
import { engineLimit, heatmapPointLimit, pointLimit, shownSubjects, type ViewOptions } from '../../shared/viewOptions';

/** The subjects to send a page with lines; nodes and GPUs have their own metrics and take no engine's place. */
function selectSubjects(subjects: readonly ChartSubject[], engines: ViewOptions['engines']): readonly string[] {
  const selected = subjects.filter(({ id }) => !Array.isArray(engines) || engines.includes(id));
  return [undefined, true]
    .flatMap((nonEngine) => selected.filter((subject) => subject.nonEngine === nonEngine).slice(0, engineLimit))
    .map(({ id }) => id);
}

type SentOptions = Pick<ViewOptions, 'measures' | 'engines' | 'form'>;

/** How much of single subjects to query for a page; undefined: nothing. */
export function subjectQuery(
  options: SentOptions,
  subjects: () => readonly ChartSubject[],
): Required<Pick<ChartQuery, 'engines' | 'maxPoints'>> | undefined {
  const engines = shownSubjects(options);
  if (engines === 'aggregate') return undefined;
  if (options.form === 'heatmap') return { engines, maxPoints: heatmapPointLimit };
  return { engines: selectSubjects(subjects(), engines), maxPoints: pointLimit };
}

/** Decides which series of an increment the page gets. */
export class SentSubjects {
  private subjects = new Map<string, ChartSubject>();

  /** Starts anew with the subjects of these series. */
  reset(series: readonly ChartSeries[]): void {
    this.subjects = new Map(series.flatMap(({ engine }) => (engine ? [[engine.id, engine]] : [])));
  }

  /** The series of an increment that the page shows; subjects that it shows for the first time are noted. */
  filter({ series }: ChartIncrement, options: SentOptions): ChartSeries[] {
    return series.filter(({ measure, engine }) => {
      if (!options.measures.includes(measure) || (engine && !this.isShown(engine, options))) return false;
      if (engine) this.subjects.set(engine.id, engine);
      return true;
    });
  }

  private isShown(subject: ChartSubject, options: SentOptions): boolean {
    if (this.subjects.has(subject.id)) return true;
    const engines = shownSubjects(options);
    if (engines === 'aggregate' || (options.form !== 'heatmap' && !this.hasRoomFor(subject))) return false;
    return engines === 'each' || engines.includes(subject.id);
  }

  private hasRoomFor({ nonEngine }: ChartSubject): boolean {
    return [...this.subjects.values()].filter((subject) => subject.nonEngine === nonEngine).length < engineLimit;
  }
}

/** One reader per target, with what its answers showed: the kind of target, and the newest whole body. */
import type { Discovery } from '../discovery/discover';
import type { Target } from '../discovery/targets';
import { ExpositionReader, type Exposition } from '../exposition/expositionReader';
import { maxSubjects, tooMany } from '../exposition/limits';
import { TextBudget } from '../exposition/textBudget';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { OtherFamilies } from '../metrics/otherFamilies';
import { indexMarks } from './answerMarks';
import { seriesFactsOf } from '../metrics/seriesFacts';
import { SeriesDescriber } from '../metrics/seriesDescriber';
import type { SeriesMeta } from '../metrics/seriesMeta';
import { exporterOf, resolveTargetKind, type Exporter } from '../metrics/targetKind';
import type { MetricsResponse } from './snapshotSource';

/** The body of an answer, as text. */
export interface TargetBody {
  text: string;
  /** When the answer began, Unix ms. */
  at: number;
}

/**
 * Why a complete answer is not an exposition, for people; undefined if it is one. `framed`: the end of its body was
 * announced. Throws an `HttpError` if it is one of too many subjects.
 */
export function checkExposition(exposition: Exposition<SeriesMeta>, framed: boolean): string | undefined {
  if (seriesFactsOf(exposition.series).subjects > maxSubjects) throw tooMany(maxSubjects, 'engines, nodes and GPUs');
  indexMarks(exposition.series);
  if (!framed && exposition.endsInLine && !exposition.sawEof) return 'the answer broke off in the middle of a line';
  const first = exposition.badLines[0];
  if (exposition.samples === 0 && first)
    return `not in Prometheus’s text format: line ${first.line + 1}, ${first.reason}`;
  return undefined;
}

/** The readers of all targets, by URL. */
export class TargetExpositions {
  private readonly describer: SeriesDescriber;
  private readonly readers = new Map<string, ExpositionReader<SeriesMeta>>();
  private readonly budget = new TextBudget();
  private readonly exporters = new Map<string, Set<Exporter>>();
  /**
   * When the answer began whose body the reader holds; absent after a failure, which leaves a mixture of two answers.
   * Unix ms.
   */
  private readonly answeredAt = new Map<string, number>();

  constructor(
    catalogIndex: CatalogIndex,
    private readonly others: OtherFamilies,
  ) {
    this.describer = new SeriesDescriber(catalogIndex, others);
  }

  /** The reader of a target, which is faster when it reads the same series again. */
  readerOf({ url }: Target): ExpositionReader<SeriesMeta> {
    let reader = this.readers.get(url);
    if (!reader) {
      const exporters = new Set<Exporter>();
      this.exporters.set(url, exporters);
      const wants = (name: string): boolean => {
        const exporter = exporterOf(name);
        if (exporter) exporters.add(exporter);
        return this.describer.isWanted(name);
      };
      reader = new ExpositionReader(
        wants,
        (name, labels) => this.describer.describe(url, name, labels),
        (line) => this.others.noteComment(line),
        this.budget,
      );
      this.readers.set(url, reader);
    }
    return reader;
  }

  /** Notes how the targets answered. */
  noteAnswers(answers: readonly MetricsResponse[]): void {
    for (const { target, at, result, error } of answers) {
      if (result) this.answeredAt.set(target.url, at);
      else this.answeredAt.delete(target.url);
      // Tables of an answer that is too large are too large to keep for the next one.
      if (error?.kind === 'too-large') this.forgetReader(target.url);
      else if (error) this.readers.get(target.url)?.abandon();
    }
  }

  /** Moves the times of answers by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const [url, at] of this.answeredAt) this.answeredAt.set(url, at + ms);
  }

  /** Forgets targets that are no longer listed. */
  forgetUnlisted(targets: readonly Target[]): void {
    const listedUrls = new Set(targets.map(({ url }) => url));
    for (const url of this.readers.keys()) if (!listedUrls.has(url)) this.forgetReader(url);
    for (const byUrl of [this.exporters, this.answeredAt])
      for (const url of byUrl.keys()) if (!listedUrls.has(url)) byUrl.delete(url);
  }

  private forgetReader(url: string): void {
    this.readers.get(url)?.dispose();
    this.readers.delete(url);
  }

  /** The body of a target's newest answer; undefined if it failed. Not while the target is being scraped. */
  lastBody(url: string): TargetBody | undefined {
    const [reader, at] = [this.readers.get(url), this.answeredAt.get(url)];
    return reader && at !== undefined ? { text: new TextDecoder().decode(reader.lastBody), at } : undefined;
  }

  /** The target with the kind that its series showed, if it has answered. */
  withKnownKind(target: Target): Target {
    const exporters = this.exporters.get(target.url);
    return exporters ? { ...target, ...resolveTargetKind(target, exporters) } : target;
  }

  /** The same for all targets of a discovery. */
  withKnownKinds(discovery: Discovery): Discovery {
    return { ...discovery, targets: discovery.targets.map((target) => this.withKnownKind(target)) };
  }
}

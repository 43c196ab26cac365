/**
 * The recording on which parsing and reducing are measured: five scrapes of two nodes, some 1 MB each, in which engines
 * die, start and restart.
 */
import { ExpositionReader, type Exposition } from '../../src/exposition/expositionReader';
import type { SeriesMeta } from '../../src/metrics/seriesMeta';
import { SeriesIndexes } from '../../src/metrics/seriesIndex';
import { TargetReader, type TargetReading } from '../../src/metrics/targetReader';
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import { skyrlValues } from '../../src/metrics/skyrlValues';
import { catalogIndex, isWanted, seriesDescriber } from '../unit/support/catalogIndex';
import { loadRecording, type RecordedStep } from '../demonstration/replay/recording';

/** Name of the recording. */
export const recording = 'ray-2.57';
const { steps } = loadRecording(recording);
/** The steps 08 to 12, which are scraped in turn. */
export const turn: readonly RecordedStep[] = steps.slice(-5);
const bodies: readonly Buffer[] = turn.flatMap((step) => step.bodies.map(({ bytes }) => bytes));
/** Mean number of bytes of a scrape. */
export const scrapeBytes = bodies.reduce((sum, { length }) => sum + length, 0) / turn.length;

/** A reader of the families that the extension wants. */
export type Reader = ExpositionReader<SeriesMeta>;
const chunkBytes = 64 * 1024;

/** Parses a body in chunks, as it comes from the network. */
export function parse<Meta>(reader: ExpositionReader<Meta>, body: Buffer): Exposition<Meta> {
  reader.begin();
  for (let at = 0; at < body.length; at += chunkBytes) reader.feed(body.subarray(at, at + chunkBytes));
  return reader.end();
}

const urlOf = (node: number): string => `http://192.0.2.${node}:1/metrics`;
/** New readers, one per node, of the families that the extension wants. */
export const newReaders = (): Reader[] =>
  (turn[0] as RecordedStep).bodies.map(
    ({ node }) => new ExpositionReader(isWanted, (name, labels) => seriesDescriber.describe(urlOf(node), name, labels)),
  );
/** New readers, one per node, of all families. */
export const newReadersOfAll = (): ExpositionReader<true>[] =>
  (turn[0] as RecordedStep).bodies.map(
    () =>
      new ExpositionReader<true>(
        () => true,
        () => true,
      ),
  );

/** Parses all bodies of a scrape. Returns the number of samples. */
export function parseStep<Meta>(readers: readonly ExpositionReader<Meta>[], step: RecordedStep): number {
  return step.bodies.reduce(
    (sum, { bytes }, index) => sum + parse(readers[index] as ExpositionReader<Meta>, bytes).samples,
    0,
  );
}

/** A whole scrape except for the network. Returns the number of SkyRL's values. */
export function scrape(readers: readonly Reader[], builder: SnapshotBuilder, step: RecordedStep, at: number): number {
  const targets = step.bodies.map(
    ({ node }) => ({ url: urlOf(node), kind: 'ray', discoveredBy: 'dashboard' }) as const,
  );
  const answers = step.bodies.map(({ bytes }, index) => ({
    target: targets[index] as (typeof targets)[number],
    at,
    tookMs: 0,
    bytes: bytes.length,
    result: parse(readers[index] as Reader, bytes),
  }));
  const snapshot = builder.build({
    trigger: 'timer',
    now: at,
    targets,
    answers,
    actors: undefined,
    rayVersion: undefined,
    expectedEngines: undefined,
  });
  return Object.keys(snapshot.values).length;
}

/** A function that scrapes the next step, ten seconds later, with readers and a builder that know all series. */
export function createScraper(): () => number {
  const readers = newReaders();
  const builder = new SnapshotBuilder(catalogIndex);
  let at = (steps[0] as RecordedStep).at;
  let next = 0;
  const scrapeNext = (): number => scrape(readers, builder, turn[next++ % turn.length] as RecordedStep, (at += 10_000));
  turn.forEach(scrapeNext);
  return scrapeNext;
}

/** As `createScraper`, but only for what SkyRL's scraper computes: sums, rates and ratios over all engines. */
export function createValueScraper(): () => number {
  const readers = newReaders();
  const targetReader = new TargetReader(new SeriesIndexes(catalogIndex));
  let previousReadings: readonly TargetReading[] = [];
  let at = (steps[0] as RecordedStep).at;
  let next = 0;
  const scrapeNext = (): number => {
    const { bodies: stepBodies } = turn[next++ % turn.length] as RecordedStep;
    at += 10_000;
    const readings = stepBodies.map(({ node, bytes }, index) =>
      targetReader.read(urlOf(node), at, parse(readers[index] as Reader, bytes)),
    );
    const values = skyrlValues(
      catalogIndex.skyrl,
      readings.map((reading, index) => ({ current: reading, previous: previousReadings[index] })),
    );
    for (const { engines } of readings)
      for (const { seriesIndex, values: seriesValues } of engines.values()) seriesIndex.markSeen(seriesValues);
    previousReadings = readings;
    return Object.keys(values).length;
  };
  turn.forEach(scrapeNext);
  return scrapeNext;
}

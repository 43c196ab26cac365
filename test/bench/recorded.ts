/** The recording that parsing and reducing are measured on: five scrapes of two nodes, some 1 MB each, in which engines die, start and move. */
import { ExpositionReader, type Exposition } from '../../src/exposition/expositionReader';
import type { SeriesMeta } from '../../src/metrics/seriesMeta';
import { catalogIndex, isWanted, seriesDescriber } from '../unit/support/catalogIndex';
import { SeriesIndexes } from '../../src/metrics/seriesIndex';
import { TargetReader, type TargetReading } from '../../src/metrics/targetReader';
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import { skyrlValues } from '../../src/metrics/skyrlValues';
import { loadRecording, type RecordedStep } from '../demonstration/replay/recording';

export const recording = 'ray-2.57';
const { steps } = loadRecording(recording);
/** 08 to 12. */
export const turn: readonly RecordedStep[] = steps.slice(-5);
export const bodies: readonly Buffer[] = turn.flatMap((step) => step.bodies.map(({ bytes }) => bytes));
/** Bytes of one scrape, on the average of the turn. */
export const scrapeBytes = bodies.reduce((sum, { length }) => sum + length, 0) / turn.length;

export type Reader = ExpositionReader<SeriesMeta>;
const chunkBytes = 64 * 1024;

/** In chunks, as they come from the network. */
export function parse<Meta>(reader: ExpositionReader<Meta>, body: Buffer): Exposition<Meta> {
  reader.begin();
  for (let at = 0; at < body.length; at += chunkBytes) reader.feed(body.subarray(at, at + chunkBytes));
  return reader.end();
}

export const urlOf = (node: number): string => `http://192.0.2.${node}:1/metrics`;
export const newReaders = (): Reader[] =>
  (turn[0] as RecordedStep).bodies.map(
    ({ node }) => new ExpositionReader(isWanted, (name, labels) => seriesDescriber.describe(urlOf(node), name, labels)),
  );
export const everyFamily = (): ExpositionReader<true>[] =>
  (turn[0] as RecordedStep).bodies.map(
    () =>
      new ExpositionReader<true>(
        () => true,
        () => true,
      ),
  );

/** How many samples a scrape has. */
export function parseStep<Meta>(readers: readonly ExpositionReader<Meta>[], step: RecordedStep): number {
  return step.bodies.reduce(
    (sum, { bytes }, index) => sum + parse(readers[index] as ExpositionReader<Meta>, bytes).samples,
    0,
  );
}

/** One whole scrape but for the network: bytes in, snapshot out. */
export function scrape(readers: readonly Reader[], run: SnapshotBuilder, step: RecordedStep, at: number): number {
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
  const snapshot = run.build({
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

/** Readers and a run that have met everything; each call takes the next scrape of the turn, ten seconds later. */
export function watching(): () => number {
  const readers = newReaders();
  const run = new SnapshotBuilder(catalogIndex);
  let at = (steps[0] as RecordedStep).at;
  let next = 0;
  const scrapeNext = (): number => scrape(readers, run, turn[next++ % turn.length] as RecordedStep, (at += 10_000));
  turn.forEach(scrapeNext);
  return scrapeNext;
}

/** What SkyRL's scraper makes of a scrape and no more: sums, rates and ratios of all engines under its keys. */
export function valuing(): () => number {
  const readers = newReaders();
  const layouts = new SeriesIndexes(catalogIndex);
  const readings = new TargetReader(layouts);
  let before: readonly TargetReading[] = [];
  let at = (steps[0] as RecordedStep).at;
  let next = 0;
  const scrapeNext = (): number => {
    const { bodies: own } = turn[next++ % turn.length] as RecordedStep;
    at += 10_000;
    const now = own.map(({ node, bytes }, index) =>
      readings.read(urlOf(node), at, parse(readers[index] as Reader, bytes)),
    );
    const values = skyrlValues(
      catalogIndex.skyrl,
      now.map((reading, index) => ({ current: reading, previous: before[index] })),
    );
    for (const { engines } of now)
      for (const { seriesIndex, values: met } of engines.values()) seriesIndex.markSeen(met);
    before = now;
    return Object.keys(values).length;
  };
  turn.forEach(scrapeNext);
  return scrapeNext;
}

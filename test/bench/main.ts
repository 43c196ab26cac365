/**
 * What one scrape costs, side by side: ours when met first, ours when met again, and a plain pattern in the manner of SkyRL's own scraper.
 * Prints; asserts nothing on time.
 */
import { ExpositionReader, type Exposition } from '../../src/exposition/reader';
import { describeSeries, isWanted, type SeriesMeta } from '../../src/metrics/families';
import { Run } from '../../src/metrics/run';
import { loadRecording, type RecordedStep } from '../cluster/replay/recording';
import { benchConfigSearch } from './configSearch';
import { manyEngines } from './manyEngines';
import { plainScrape } from './plain';
import { coldInOwnProcess, medianOf, times } from './timing';

type Reader = ExpositionReader<SeriesMeta>;

const recording = 'ray-2.57';
const chunkBytes = 64 * 1024;
const steps = loadRecording(recording).steps;
const last = steps.at(-1) as RecordedStep;
const bytes = last.bodies.reduce((sum, body) => sum + body.bytes.length, 0);

const urlOf = (node: number): string => `http://192.0.2.${node}:1/metrics`;
const newReaders = (): Reader[] =>
  last.bodies.map(({ node }) => new ExpositionReader(isWanted, (name, labels) => describeSeries(urlOf(node), name, labels)));

function parse(reader: Reader, body: Buffer): Exposition<SeriesMeta> {
  reader.begin();
  for (let at = 0; at < body.length; at += chunkBytes) reader.feed(body.subarray(at, at + chunkBytes));
  return reader.end();
}

/** One whole scrape but for the network: bytes in, snapshot out. */
function scrape(readers: readonly Reader[], run: Run, step: RecordedStep, at = step.at): number {
  const targets = step.bodies.map(({ node }) => ({ url: urlOf(node), kind: 'ray', source: 'dashboard' }) as const);
  const answers = step.bodies.map((body, index) => ({
    target: targets[index] as (typeof targets)[number], at, tookMs: 0, bytes: body.bytes.length, result: parse(readers[index] as Reader, body.bytes),
  }));
  const snapshot = run.add({ trigger: 'timer', now: at, targets, answers, actors: undefined, rayVersion: undefined, expected: undefined });
  return Object.keys(snapshot.values).length;
}

const metFirst = (): number => scrape(newReaders(), new Run(), last);

/** Readers and run that have taken in the steps before, and the last step again and again, ten seconds later each time. */
function metAgain(): () => number {
  const readers = newReaders();
  const run = new Run();
  for (const step of steps) scrape(readers, run, step);
  let at = last.at;
  return () => scrape(readers, run, last, (at += 10_000));
}

const parsedAgain = (): (() => number) => {
  const readers = newReaders();
  const all = (): number => last.bodies.reduce((sum, body, index) => sum + parse(readers[index] as Reader, body.bytes).samples, 0);
  all();
  return all;
};

const row = (label: string, ms: number, of: number): string =>
  `${label.padEnd(44)} ${ms.toFixed(2).padStart(8)} ms  ${(bytes / 2 ** 20 / (ms / 1000)).toFixed(0).padStart(6)} MB/s  ${(of / ms).toFixed(1).padStart(6)} ×`;

async function main(): Promise<void> {
  if (process.argv.includes('--cold')) {
    const cold = times(1, metFirst);
    process.stdout.write(`${cold[0]}\n`);
    return;
  }
  const samples = last.bodies.reduce((sum, body, index) => sum + parse(newReaders()[index] as Reader, body.bytes).samples, 0);
  const plain = medianOf(times(15, () => plainScrape(last.bodies.map(({ bytes: body }) => body))));
  const results: [string, number][] = [
    ['SkyRL’s way: text, lines, a pattern each', plain],
    ['met first, cold process (median of 5)', medianOf(Array.from({ length: 5 }, () => coldInOwnProcess(__filename)))],
    ['met first, second time in a process', times(2, metFirst)[1] as number],
    ['met first, warm', medianOf(times(60, metFirst))],
    ['  of which parsing', medianOf(times(60, () => newReaders().map((reader, index) => parse(reader, (last.bodies[index] as { bytes: Buffer }).bytes)).length))],
    ['met again, warm', medianOf(times(200, metAgain()))],
    ['  of which parsing', medianOf(times(200, parsedAgain()))],
  ];
  process.stdout.write(`One scrape of ${recording} ${last.name}: ${last.bodies.length} nodes, ${(bytes / 2 ** 20).toFixed(2)} MB, ${samples} samples. Node ${process.version}.\n`);
  for (const [label, ms] of results) process.stdout.write(`${row(label, ms, plain)}\n`);
  const many = manyEngines();
  for (let round = 0; round < 40; round++) many.reduce();
  process.stdout.write(`Reducing ${many.series} series of ${many.engines} engines to ${many.measures} measures: ${medianOf(many.took).toFixed(1)} ms (first ${(many.took[0] ?? NaN).toFixed(1)} ms).\n`);
  await benchConfigSearch();
}

void main();

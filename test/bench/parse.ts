/**
 * Measures parsing and reducing one scrape, beside other programs that read the same bytes. All are measured in turn,
 * so
 * that they run under the same conditions, and each in a separate process, so that none leaves work for another.
 */
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import type { RecordedStep } from '../demonstration/replay/recording';
import { catalogIndex } from '../unit/support/catalogIndex';
import { bodyOf, manyEngines } from './manyEngines';
import { copies, works, type Work } from './parseWorks';
import { Peers } from './peers/peers';
import {
  createScraper,
  newReaders,
  parse,
  parseStep,
  type Reader,
  recording,
  scrape,
  scrapeBytes,
  turn,
} from './recorded';
import { plot, result, skipped, smoke, table } from './report';
import { at, medianOf, processorTimes, rounds, runProgram, timed, times, warm } from './timing';

/** After some 2,500 scrapes, a working day of a window, all code is compiled. */
const warmUpMs = smoke ? 1 : 2_500;

/** Processor time per scrape in ms, after a warm-up. */
function measureWork({ prepare, scrapesEach = 1 }: Work): number[] {
  const readTurn = prepare();
  for (const end = performance.now() + warmUpMs; performance.now() < end;) readTurn();
  return processorTimes(rounds(Math.ceil(12 / scrapesEach)), readTurn).map((ms) => ms / turn.length / scrapesEach);
}

const createPeers = (): Peers =>
  new Peers(
    turn.flatMap((step) => step.bodies.map(({ bytes }) => bytes)),
    turn.length,
    copies,
  );

/** The first scrape of a new process. */
function measureCold(): number[] {
  const [last] = turn.slice(-1) as [RecordedStep];
  return times(1, () => scrape(newReaders(), new SnapshotBuilder(catalogIndex), last, last.at));
}

function measurePeer(name: string): number[] {
  const peers = createPeers();
  try {
    const peer = peers.all.find((candidate) => candidate.name === name);
    return typeof peer?.run === 'function' ? peer.run(rounds(3)) : [];
  } finally {
    peers.end();
  }
}

/** Bodies of more and more engines, each read repeatedly: ms by MB. */
function growthWithBytes(): (readonly [string, number])[] {
  return [1, 2, 4, 8, 16, 32].slice(0, smoke ? 2 : 6).map((engines) => {
    const [reader] = newReaders();
    const bodies = [3, 4].map((step) => Buffer.from(bodyOf(0, step, engines)));
    const readBodies = (): void => bodies.forEach((body) => parse(reader as Reader, body));
    times(rounds(30), readBodies);
    const bytes = bodies.reduce((sum, { length }) => sum + length, 0) / bodies.length;
    return [`${(bytes / 1e6).toFixed(2)} MB`, at(processorTimes(rounds(20), readBodies), 0.5) / bodies.length] as const;
  });
}

/** One run, scraped for longer and longer: ms of a scrape by the number of scrapes before. */
function growthWithTime(): (readonly [string, number])[] {
  const scrapeNext = createScraper();
  times(rounds(400), scrapeNext);
  let scrapeCount = rounds(400);
  return [500, 1_000, 2_000, 4_000].slice(0, smoke ? 1 : 4).map((count) => {
    times(smoke ? 1 : count - scrapeCount, scrapeNext);
    scrapeCount = count;
    return [`${count} scrapes`, at(processorTimes(rounds(50), scrapeNext), 0.5)] as const;
  });
}

/** What a separate process measures, by its argument. It prints the duration of each round in ms. */
const measurements: Record<string, (name: string) => number[]> = {
  '--cold': measureCold,
  '--peer': measurePeer,
  '--work': (name) => works.flatMap((work) => (work.work === name ? measureWork(work) : [])),
};

interface Measured {
  name: string;
  durations: number[];
}

const durationRow = (work: string, durations: readonly number[], ratios?: Record<string, number>): unknown =>
  result({
    work,
    value: at(durations, 0.5),
    unit: 'ms',
    lowest: Math.min(...durations),
    highest: Math.max(...durations),
    ...(ratios && { ratios }),
  });

/** Measures our code and the peers in turn, and prints a row for each. */
function compareWithPeers(): void {
  const peers = createPeers();
  const unavailable = new Map(
    peers.all.flatMap(({ name, run }) => (typeof run === 'function' ? [] : [[name, run.reason] as const])),
  );
  peers.end();
  const workDurations = works.map(({ work }): Measured => ({ name: work, durations: [] }));
  const peerDurations = peers.all.map(({ name }): Measured => ({ name, durations: [] }));
  for (let round = 0; round < rounds(5); round += 1) {
    for (const { name, durations } of peerDurations)
      if (!unavailable.has(name)) durations.push(...runProgram(__filename, '--peer', name));
    for (const { name, durations } of workDurations) durations.push(...runProgram(__filename, '--work', name));
  }
  works.forEach(({ work, anchors }, index) => {
    const durations = workDurations[index]?.durations ?? [];
    const ratios = anchors.flatMap((anchor) => {
      const anchorDurations = peerDurations.find(({ name }) => name === anchor)?.durations ?? [];
      return anchorDurations.length === 0 ? [] : [[anchor, at(anchorDurations, 0.5) / at(durations, 0.5)] as const];
    });
    durationRow(work, durations, Object.fromEntries(ratios));
  });
  for (const { name, durations } of peerDurations) {
    const reason = unavailable.get(name);
    if (reason !== undefined) skipped(name, reason);
    else durationRow(name, durations);
  }
}

function main(): void {
  const [, , kind = '', name = ''] = process.argv;
  const measure = measurements[kind];
  if (measure) {
    process.stdout.write(`${measure(name).join('\n')}\n`);
    return;
  }
  const samples = parseStep(newReaders(), turn.at(-1) as RecordedStep);
  table(
    `One scrape of ${recording}, 08 to 12 in turn: 2 nodes, ${(scrapeBytes / 1e6).toFixed(2)} MB, up to ${samples} samples; processor time; Node ${process.version}`,
  );
  compareWithPeers();
  result(
    timed(
      'parse and reduce, first scrape, in a cold process',
      Array.from({ length: rounds(5) }, () => runProgram(__filename, '--cold')).flat(),
    ),
  );
  const many = manyEngines(smoke ? 1 : 8);
  for (let round = 0; round < rounds(40); round += 1) many.buildNext();
  plot('Growth with bytes: an answer of one target, repeated', 'ms', growthWithBytes());
  plot('Growth with time: a scrape of the recording, parsed and reduced', 'ms', growthWithTime());
  result({
    work: `reduce ${many.series} series of ${many.engines} engines to ${many.measures} measures`,
    value: medianOf(many.durations),
    unit: 'ms',
    lowest: Math.min(...warm(many.durations)),
    highest: Math.max(...warm(many.durations)),
  });
}

main();

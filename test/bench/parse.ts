/**
 * Parsing and reducing one scrape, beside what others take for the same bytes. Ours and theirs in turn, so that both meet the same machine, and each in
 * a process of its own, as each is used: what one leaves behind in the engine's caches and on its heap is no cost of another.
 */
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import { catalogIndex } from '../unit/support/catalogIndex';
import type { RecordedStep } from '../demonstration/replay/recording';
import { bodyOf, manyEngines } from './manyEngines';
import { copiesName, Peers } from './peers/peers';
import {
  everyFamily,
  newReaders,
  parse,
  parseStep,
  type Reader,
  recording,
  scrape,
  scrapeBytes,
  turn,
  valuing,
  watching,
} from './recorded';
import { plot, result, skipped, smoke, table } from './report';
import { at, inOwnProcess, medianOf, processorTimes, rounds, timed, times, warm } from './timing';

const copies = smoke ? 2 : 64;

/** Five scrapes with the same readers are met again; with new ones each is met first. */
const overTurn = (step: (step: RecordedStep) => unknown) => (): (() => void) => () => turn.forEach(step);

function again(): () => void {
  const readers = newReaders();
  const one = overTurn((step) => parseStep(readers, step))();
  one();
  return one;
}

function reduceAgain(many: number, begin: () => () => number = watching): () => void {
  const all = Array.from({ length: many }, begin);
  return () => {
    for (let step = 0; step < turn.length; step += 1) for (const next of all) next();
  };
}

interface Work {
  work: string;
  /** What takes the turn's five scrapes, `scrapes` times. */
  begin: () => () => void;
  scrapes?: number;
  anchors: readonly string[];
}

const [skyrl, client, npm, promtool, compare, newline] = [
  'SkyRL’s kind (Python)',
  'prometheus_client',
  'parse-prometheus-text-format',
  'promtool check metrics',
  'native compare',
  'newline scan',
] as const;

const works: readonly Work[] = [
  {
    work: 'parse, met first, wanted families',
    begin: overTurn((step) => parseStep(newReaders(), step)),
    anchors: [skyrl, client, newline],
  },
  {
    work: 'parse, met first, every family',
    begin: overTurn((step) => parseStep(everyFamily(), step)),
    anchors: [npm, client, promtool],
  },
  { work: 'parse, met again', begin: again, anchors: [skyrl, client, compare] },
  {
    work: 'parse and reduce, met first',
    begin: overTurn((step) => scrape(newReaders(), new SnapshotBuilder(catalogIndex), step, step.at)),
    anchors: [skyrl, client],
  },
  {
    work: 'parse and reduce to SkyRL’s values alone, met again',
    begin: () => reduceAgain(1, valuing),
    anchors: [skyrl],
  },
  { work: 'parse and reduce, met again', begin: () => reduceAgain(1), anchors: [skyrl, client, compare] },
  {
    work: `parse and reduce, met again, ${copies} of them`,
    begin: () => reduceAgain(copies),
    scrapes: copies,
    anchors: [skyrl, client, copiesName(copies)],
  },
];

/** By then the engine has compiled the code for good: some 2,500 scrapes, a working day of a window. */
const warmMs = smoke ? 1 : 2_500;

/** Warm first: what is compared is what a window that stays open takes. */
function takeOur({ begin, scrapes = 1 }: Work): number[] {
  const once = begin();
  for (const end = performance.now() + warmMs; performance.now() < end;) once();
  return processorTimes(rounds(Math.ceil(12 / scrapes)), once).map((ms) => ms / turn.length / scrapes);
}

const allPeers = (): Peers =>
  new Peers(
    turn.flatMap((step) => step.bodies.map(({ bytes }) => bytes)),
    turn.length,
    copies,
  );

function takeCold(): number[] {
  const [last] = turn.slice(-1) as [RecordedStep];
  return times(1, () => scrape(newReaders(), new SnapshotBuilder(catalogIndex), last, last.at));
}

function takePeer(name: string): number[] {
  const peers = allPeers();
  try {
    const peer = peers.all.find((each) => each.name === name);
    return typeof peer?.run === 'function' ? peer.run(rounds(3)) : [];
  } finally {
    peers.end();
  }
}

/** Bodies of ever more engines, each met again: ms by MB. */
function growthWithBytes(): (readonly [string, number])[] {
  return [1, 2, 4, 8, 16, 32].slice(0, smoke ? 2 : 6).map((engines) => {
    const [reader] = newReaders();
    const bodies = [3, 4].map((step) => Buffer.from(bodyOf(0, step, engines)));
    const once = (): void => bodies.forEach((body) => parse(reader as Reader, body));
    times(rounds(30), once);
    const bytes = bodies.reduce((sum, { length }) => sum + length, 0) / bodies.length;
    return [`${(bytes / 1e6).toFixed(2)} MB`, at(processorTimes(rounds(20), once), 0.5) / bodies.length] as const;
  });
}

/** One run, watched on and on: ms of a scrape after so many. */
function growthWithTime(): (readonly [string, number])[] {
  const next = watching();
  times(rounds(400), next);
  let done = rounds(400);
  return [500, 1_000, 2_000, 4_000].slice(0, smoke ? 1 : 4).map((count) => {
    times(smoke ? 1 : count - done, next);
    done = count;
    return [`${count} scrapes`, at(processorTimes(rounds(50), next), 0.5)] as const;
  });
}

/** What a process of its own measures; each prints the ms of its rounds. */
const alone: Record<string, (name: string) => number[]> = {
  '--cold': takeCold,
  '--peer': takePeer,
  '--work': (name) => works.flatMap((work) => (work.work === name ? takeOur(work) : [])),
};

function main(): void {
  const [, , kind = '', name = ''] = process.argv;
  const take = alone[kind];
  if (take) {
    process.stdout.write(`${take(name).join('\n')}\n`);
    return;
  }
  const samples = parseStep(newReaders(), turn.at(-1) as RecordedStep);
  table(
    `One scrape of ${recording}, 08 to 12 in turn: 2 nodes, ${(scrapeBytes / 1e6).toFixed(2)} MB, up to ${samples} samples; processor time; Node ${process.version}`,
  );
  const peers = allPeers();
  const reasons = new Map(
    peers.all.flatMap(({ name: of, run }) => (typeof run === 'function' ? [] : [[of, run.reason] as const])),
  );
  peers.end();
  const ours = works.map((work) => ({ ...work, took: [] as number[] }));
  const theirs = peers.all.map((peer) => ({ name: peer.name, took: [] as number[] }));
  for (let round = 0; round < rounds(5); round += 1) {
    for (const peer of theirs)
      if (!reasons.has(peer.name)) peer.took.push(...inOwnProcess(__filename, '--peer', peer.name));
    for (const { work, took } of ours) took.push(...inOwnProcess(__filename, '--work', work));
  }
  for (const { work, took, anchors } of ours) {
    const value = at(took, 0.5);
    const ratios = anchors.flatMap((anchor) => {
      const their = theirs.find((peer) => peer.name === anchor)?.took ?? [];
      return their.length === 0 ? [] : [[anchor, at(their, 0.5) / value] as const];
    });
    result({
      work,
      value,
      unit: 'ms',
      lowest: Math.min(...took),
      highest: Math.max(...took),
      ratios: Object.fromEntries(ratios),
    });
  }
  for (const { name: of, took } of theirs) {
    const reason = reasons.get(of);
    if (reason !== undefined) skipped(of, reason);
    else result({ work: of, value: at(took, 0.5), unit: 'ms', lowest: Math.min(...took), highest: Math.max(...took) });
  }
  result(
    timed(
      'parse and reduce, met first, in a cold process',
      Array.from({ length: rounds(5) }, () => inOwnProcess(__filename, '--cold')).flat(),
    ),
  );
  const many = manyEngines(smoke ? 1 : 8);
  for (let round = 0; round < rounds(40); round += 1) many.reduce();
  plot('Growth with bytes: an answer of one target, met again', 'ms', growthWithBytes());
  plot('Growth with time: a scrape of the recording, parsed and reduced', 'ms', growthWithTime());
  result({
    work: `reduce ${many.series} series of ${many.engines} engines to ${many.measures} measures`,
    value: medianOf(many.took),
    unit: 'ms',
    lowest: Math.min(...warm(many.took)),
    highest: Math.max(...warm(many.took)),
  });
}

main();

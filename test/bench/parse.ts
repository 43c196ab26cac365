/** Parsing and reducing one scrape, beside what others take for the same bytes; ours and theirs in turn, so that both meet the same machine. */
import { Run } from '../../src/metrics/run';
import type { RecordedStep } from '../cluster/replay/recording';
import { manyEngines } from './manyEngines';
import { Peers } from './peers/peers';
import { everyFamily, newReaders, parseStep, recording, scrape, scrapeBytes, turn, watching } from './recorded';
import { result, skipped, smoke, table } from './report';
import { at, inOwnProcess, medianOf, processorTimes, rounds, timed, times, warm } from './timing';

const copies = smoke ? 2 : 64;

/** Five scrapes with the same readers are met again; with new ones each is met first. */
const overTurn = (step: (step: RecordedStep) => unknown) => (): void => turn.forEach(step);

function again(): () => void {
  const readers = newReaders();
  const one = overTurn((step) => parseStep(readers, step));
  one();
  return one;
}

function reduceAgain(many: number): () => void {
  const all = Array.from({ length: many }, watching);
  return () => {
    for (let step = 0; step < turn.length; step += 1) for (const next of all) next();
  };
}

interface Work {
  work: string;
  /** Takes the turn's five scrapes, `scrapes` times. */
  once: () => void;
  scrapes?: number;
  anchors: readonly string[];
}

const [skyrl, client, npm, promtool, compare, newline] = ['SkyRL’s kind (Python)', 'prometheus_client', 'parse-prometheus-text-format', 'promtool check metrics', 'native compare', 'newline scan'] as const;

const works = (): Work[] => [
  { work: 'parse, met first, wanted families', once: overTurn((step) => parseStep(newReaders(), step)), anchors: [skyrl, client, newline] },
  { work: 'parse, met first, every family', once: overTurn((step) => parseStep(everyFamily(), step)), anchors: [npm, client, promtool] },
  { work: 'parse, met again', once: again(), anchors: [skyrl, client, compare] },
  { work: 'parse and reduce, met first', once: overTurn((step) => scrape(newReaders(), new Run(), step, step.at)), anchors: [skyrl, client] },
  { work: 'parse and reduce, met again', once: reduceAgain(1), anchors: [skyrl, client, compare] },
  { work: `parse and reduce, met again, ${copies} of them`, once: reduceAgain(copies), scrapes: copies, anchors: [skyrl, client, compare] },
];

function main(): void {
  if (process.argv.includes('--cold')) {
    const last = turn.at(-1) as RecordedStep;
    process.stdout.write(`${times(1, () => scrape(newReaders(), new Run(), last, last.at))[0]}\n`);
    return;
  }
  const samples = parseStep(newReaders(), turn.at(-1) as RecordedStep);
  table(`One scrape of ${recording}, 08 to 12 in turn: 2 nodes, ${(scrapeBytes / 1e6).toFixed(2)} MB, up to ${samples} samples; processor time; Node ${process.version}`);
  const peers = new Peers(turn.flatMap((step) => step.bodies.map(({ bytes }) => bytes)), turn.length);
  try {
    const all = peers.all;
    const theirs = new Map(all.map(({ name }) => [name, [] as number[]]));
    const ours = works().map((work) => ({ ...work, took: [] as number[] }));
    // Warm first: what is compared is what a window that stays open takes.
    for (const { once, scrapes = 1 } of ours) times(rounds(Math.ceil(40 / scrapes)), once);
    for (let round = 0; round < rounds(5); round += 1) {
      for (const { name, run } of all) if (typeof run === 'function') theirs.get(name)?.push(...run(name === promtool ? 1 : rounds(3)));
      for (const { once, scrapes = 1, took } of ours) took.push(...processorTimes(rounds(Math.ceil(8 / scrapes)), once).map((ms) => ms / turn.length / scrapes));
    }
    for (const { work, took, anchors } of ours) {
      const value = at(took, 0.5);
      const ratios = anchors.flatMap((name) => {
        const their = theirs.get(name) ?? [];
        return their.length === 0 ? [] : [[name, at(their, 0.5) / value] as const];
      });
      result({ work, value, unit: 'ms', lowest: Math.min(...took), highest: Math.max(...took), ratios: Object.fromEntries(ratios) });
    }
    for (const { name, run } of all) {
      const took = theirs.get(name) ?? [];
      if (typeof run !== 'function') skipped(name, run.reason);
      else result({ work: `${name}`, value: at(took, 0.5), unit: 'ms', lowest: Math.min(...took), highest: Math.max(...took) });
    }
  } finally {
    peers.end();
  }
  result(timed('parse and reduce, met first, in a cold process', Array.from({ length: rounds(5) }, () => inOwnProcess(__filename, '--cold'))));
  const many = manyEngines(smoke ? 1 : 8);
  for (let round = 0; round < rounds(40); round += 1) many.reduce();
  result({ work: `reduce ${many.series} series of ${many.engines} engines to ${many.measures} measures`, value: medianOf(many.took), unit: 'ms', lowest: Math.min(...warm(many.took)), highest: Math.max(...warm(many.took)) });
}

main();

/** What our code does with the scrapes of the recording, and the other programs that each is compared with. */
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import type { RecordedStep } from '../demonstration/replay/recording';
import { catalogIndex } from '../unit/support/catalogIndex';
import { copiesName } from './peers/peers';
import { createScraper, createValueScraper, newReaders, newReadersOfAll, parseStep, scrape, turn } from './recorded';
import { smoke } from './report';

/** How many runs our code follows at once. */
export const copies = smoke ? 2 : 64;

/** A row of the bench. */
export interface Work {
  work: string;
  /** Prepares, and returns a function that reads the five scrapes of the turn, `scrapesEach` times. */
  prepare: () => () => void;
  scrapesEach?: number;
  /** Names of the peers that it is compared with. */
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

const forEachStep = (read: (step: RecordedStep) => unknown) => (): (() => void) => () => turn.forEach(read);

/** Readers that know all series after the first round. */
function repeatedParse(): () => void {
  const readers = newReaders();
  const parseTurn = forEachStep((step) => parseStep(readers, step))();
  parseTurn();
  return parseTurn;
}

function repeatedScrape(count: number, create: () => () => number = createScraper): () => void {
  const scrapers = Array.from({ length: count }, create);
  return () => {
    for (let step = 0; step < turn.length; step += 1) for (const scrapeNext of scrapers) scrapeNext();
  };
}

/** All rows. A `first` scrape is read by new readers, a repeated one by readers that know its series. */
export const works: readonly Work[] = [
  {
    work: 'parse, first scrape, wanted families',
    prepare: forEachStep((step) => parseStep(newReaders(), step)),
    anchors: [skyrl, client, newline],
  },
  {
    work: 'parse, first scrape, every family',
    prepare: forEachStep((step) => parseStep(newReadersOfAll(), step)),
    anchors: [npm, client, promtool],
  },
  { work: 'parse, repeated', prepare: repeatedParse, anchors: [skyrl, client, compare] },
  {
    work: 'parse and reduce, first scrape',
    prepare: forEachStep((step) => scrape(newReaders(), new SnapshotBuilder(catalogIndex), step, step.at)),
    anchors: [skyrl, client],
  },
  {
    work: 'parse and reduce to SkyRL’s values alone, repeated',
    prepare: () => repeatedScrape(1, createValueScraper),
    anchors: [skyrl],
  },
  { work: 'parse and reduce, repeated', prepare: () => repeatedScrape(1), anchors: [skyrl, client, compare] },
  {
    work: `parse and reduce, repeated, ${copies} of them`,
    prepare: () => repeatedScrape(copies),
    scrapesEach: copies,
    anchors: [skyrl, client, copiesName(copies)],
  },
];

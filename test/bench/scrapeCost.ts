/** The costs of scraping many targets again and again, in the process that scrapes them. */
import { scrapeTargets, type BodyReader } from '../../src/collector/scrapeTargets';
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import type { Target } from '../../src/discovery/targets';
import { ExpositionReader } from '../../src/exposition/expositionReader';
import { createHttpClient } from '../../src/http/httpClient';
import type { HttpGet } from '../../src/http/httpGet';
import type { SeriesMeta } from '../../src/metrics/seriesMeta';
import { systemClock } from '../../src/shared/clock';
import { catalogIndex, isWanted, seriesDescriber } from '../unit/support/catalogIndex';
import { LongestBlock } from './longestBlock';
import { rounds } from './timing';

/** The costs of one scrape, in ms. */
export interface Cost {
  ms: number;
  /** Processor time of the whole process. */
  cpuMs: number;
  /** Longest block of the event loop. */
  blockMs: number;
}

/** Prepares, and returns a function that scrapes all targets once. */
type CostProgram = (targets: readonly Target[], get: HttpGet) => () => Promise<Cost>;

/** Scrapes all targets once, and does something with the answers. */
async function measureScrape<Result>(
  targets: readonly Target[],
  get: HttpGet,
  reader: (target: Target) => BodyReader<Result>,
  handleAnswers: (answers: Awaited<ReturnType<typeof scrapeTargets<Result>>>) => unknown,
): Promise<Cost> {
  const block = new LongestBlock();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const answers = await scrapeTargets(targets, {
    get,
    reader,
    check: () => undefined,
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    clock: systemClock,
  });
  const failed = answers.find(({ error }) => error);
  if (failed) throw failed.error as Error;
  await handleAnswers(answers);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms, cpuMs: (user + system) / 1000, blockMs: await block.end() };
}

/** Scrapes as the extension does: readers and builder know the series of the scrapes before. */
const scrapeProgram: CostProgram = (targets, get) => {
  const readers = new Map(
    targets.map(({ url }) => [
      url,
      new ExpositionReader<SeriesMeta>(isWanted, (name, labels) => seriesDescriber.describe(url, name, labels)),
    ]),
  );
  const builder = new SnapshotBuilder(catalogIndex);
  let now = 1_795_000_000_000;
  return () =>
    measureScrape(
      targets,
      get,
      ({ url }) => readers.get(url) as ExpositionReader<SeriesMeta>,
      (answers) => {
        now += 10_000;
        return builder.buildInSlices({
          trigger: 'timer',
          now,
          targets,
          answers: answers.map((answer) => ({ ...answer, at: now })),
          actors: undefined,
          rayVersion: undefined,
          expectedEngines: undefined,
        });
      },
    );
};

const droppingReader = (): BodyReader<true> => ({ begin: () => undefined, feed: () => undefined, end: () => true });

/** Receives the bytes, and drops them. */
const dropProgram: CostProgram = (targets, get) => () => measureScrape(targets, get, droppingReader, () => undefined);

/** The programs by their argument. */
export const costPrograms: Record<string, CostProgram> = { '--scrape': scrapeProgram, '--drop': dropProgram };

/**
 * Prints the costs of the first scrape, and of others after a warm-up: `ms`, `cpuMs` and `blockMs` of each, one number
 * per line. After the warm-up all code is compiled, as in a window that stays open.
 */
export async function runCostProgram(program: CostProgram, ports: readonly number[]): Promise<void> {
  const targets = ports.map((port): Target => ({
    url: `http://127.0.0.1:${port}/metrics`,
    kind: 'ray',
    discoveredBy: 'dashboard',
  }));
  const client = createHttpClient(Date.now);
  const scrape = program(targets, client.get);
  const costs = [await scrape()];
  for (let round = 0; round < rounds(200); round += 1) await scrape();
  for (let round = 0; round < rounds(30); round += 1) costs.push(await scrape());
  process.stdout.write(costs.map(({ ms, cpuMs, blockMs }) => `${ms}\n${cpuMs}\n${blockMs}\n`).join(''));
  await client.close();
}

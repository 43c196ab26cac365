/**
 * HTTP to numbers: all targets of a large run on loopback, scraped as the extension does it, beside receiving the same bytes and dropping them, and a real
 * Prometheus. Each in processes of its own: what one leaves behind is collected at no other's expense.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../src/discovery/targets';
import { ExpositionReader } from '../../src/exposition/expositionReader';
import type { SeriesMeta } from '../../src/metrics/seriesMeta';
import { catalogIndex, isWanted, seriesDescriber } from '../unit/support/catalogIndex';
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import { createHttpClient } from '../../src/http/httpClient';
import { systemClock } from '../../src/shared/clock';
import { scrapeTargets, type BodyReader } from '../../src/collector/scrapeTargets';
import { bodiesOf } from './bodies';
import { findPrometheus, startPrometheus } from '../prometheus/server';
import { plot, result, skipped, smoke, table } from './report';
import { LongestBlock } from './longestBlock';
import { at, inOwnProcess, rounds } from './timing';

const count = smoke ? 4 : 64;
const client = createHttpClient(Date.now);

async function startServer(targets: number, maxBytes: number): Promise<{ child: ChildProcess; ports: number[] }> {
  const child = spawn(process.execPath, [join(__dirname, 'server.js'), String(targets), String(maxBytes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ports = await new Promise<number[]>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.endsWith('\n')) resolve(JSON.parse(said) as number[]);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { child, ports };
}

const targetsAt = (ports: readonly number[]): Target[] =>
  ports.map((port) => ({ url: `http://127.0.0.1:${port}/metrics`, kind: 'ray', discoveredBy: 'dashboard' }));

interface Cost {
  ms: number;
  /** Of this process, which only scrapes. */
  cpuMs: number;
  blockMs: number;
}

async function once<Result>(
  targets: readonly Target[],
  reader: (target: Target) => BodyReader<Result>,
  then: (answers: Awaited<ReturnType<typeof scrapeTargets<Result>>>) => unknown,
): Promise<Cost> {
  const block = new LongestBlock();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const answers = await scrapeTargets(targets, {
    get: client.get,
    reader,
    check: () => undefined,
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    clock: systemClock,
  });
  const failed = answers.find(({ error }) => error);
  if (failed) throw failed.error as Error;
  await then(answers);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000, blockMs: await block.end() };
}

const dropping = (): BodyReader<true> => ({ begin: () => undefined, feed: () => undefined, end: () => true });

/** Scrapes the targets again and again; readers and run have met them before. */
function watcher(targets: readonly Target[]): () => Promise<Cost> {
  const readers = new Map(
    targets.map(({ url }) => [
      url,
      new ExpositionReader<SeriesMeta>(isWanted, (name, labels) => seriesDescriber.describe(url, name, labels)),
    ]),
  );
  const run = new SnapshotBuilder(catalogIndex);
  let now = 1_795_000_000_000;
  return () =>
    once(
      targets,
      ({ url }) => readers.get(url) as ExpositionReader<SeriesMeta>,
      (answers) => {
        now += 10_000;
        return run.buildInSlices({
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
}

/** Of time the median; of the processor's the mean, since one scrape in so many pays for the garbage of those before. */
function typical(costs: readonly Cost[], field: keyof Cost): number {
  const all = costs.map((cost) => cost[field]);
  return field === 'cpuMs' ? all.reduce((sum, each) => sum + each, 0) / all.length : at(all, 0.5);
}

const row = (work: string, costs: readonly Cost[], field: keyof Cost, ratios: Record<string, number> = {}): void => {
  const all = costs.map((cost) => cost[field]);
  result({
    work,
    value: typical(costs, field),
    unit: 'ms',
    lowest: Math.min(...all),
    highest: Math.max(...all),
    ratios,
  });
};

async function prometheusSeconds(ports: readonly number[]): Promise<number[] | { reason: string }> {
  const found =
    process.env.SKYRL_BENCH_PROMETHEUS === undefined
      ? { reason: process.env.SKYRL_BENCH_NO_PROMETHEUS ?? '' }
      : findPrometheus();
  if ('reason' in found) return found;
  const prometheus = await startPrometheus(found.path, {
    scrape: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }],
    interval: 5,
  });
  try {
    const sums: number[] = [];
    // The first scrapes make series; those that come after are what it costs to keep on.
    await sleep(16_000);
    for (let round = 0; round < 4; round += 1) {
      await sleep(5_000);
      const [sum] = await prometheus.ask('sum(scrape_duration_seconds)');
      if (sum) sums.push(Number(sum.value[1]));
    }
    return sums;
  } finally {
    await prometheus.stop();
  }
}

/** What a process of its own does; the first cost is of the first scrape. Code is compiled for good by the last: what is compared is what a window that stays open takes. */
const alone: Record<string, (targets: readonly Target[]) => () => Promise<Cost>> = {
  '--watch': watcher,
  '--drop': (targets) => () => once(targets, dropping, () => undefined),
};

async function takeAlone(
  begin: (targets: readonly Target[]) => () => Promise<Cost>,
  targets: readonly Target[],
): Promise<void> {
  const scrape = begin(targets);
  const costs = [await scrape()];
  for (let round = 0; round < rounds(200); round += 1) await scrape();
  for (let round = 0; round < rounds(30); round += 1) costs.push(await scrape());
  process.stdout.write(costs.map(({ ms, cpuMs, blockMs }) => `${ms}\n${cpuMs}\n${blockMs}\n`).join(''));
  await client.close();
}

interface Taken {
  first: Cost;
  warm: Cost[];
}

function take(kind: keyof typeof alone, ports: readonly number[]): Taken {
  const numbers = inOwnProcess(__filename, kind, ...ports.map(String));
  const costs = Array.from({ length: numbers.length / 3 }, (_, index): Cost => ({
    ms: numbers[3 * index] ?? NaN,
    cpuMs: numbers[3 * index + 1] ?? NaN,
    blockMs: numbers[3 * index + 2] ?? NaN,
  }));
  const [first, ...warm] = costs;
  return { first: first as Cost, warm };
}

/** In turn, so that all meet the same machine. */
function takeInTurn(ports: readonly number[]): Record<'ours' | 'drops', Taken> {
  const [ours, drops]: [Taken[], Taken[]] = [[], []];
  for (let round = 0; round < rounds(3); round += 1) {
    drops.push(take('--drop', ports));
    ours.push(take('--watch', ports));
  }
  const joined = (all: readonly Taken[]): Taken => ({
    first: (all[0] as Taken).first,
    warm: all.flatMap(({ warm }) => warm),
  });
  return { ours: joined(ours), drops: joined(drops) };
}

async function main(): Promise<void> {
  const [, , kind = '', ...given] = process.argv;
  const begin = alone[kind];
  if (begin) return takeAlone(begin, targetsAt(given.map(Number)));
  const { child, ports } = await startServer(count, smoke ? 50_000 : Infinity);
  try {
    const { ours, drops } = takeInTurn(ports);
    const theirs = await prometheusSeconds(ports);
    table(
      `HTTP to numbers: ${count} targets × ${((bodiesOf(0, smoke ? 50_000 : Infinity)[0]?.length ?? 0) / 1000).toFixed(0)} kB on loopback`,
    );
    const anchors = {
      ...(Array.isArray(theirs) &&
        theirs.length > 0 && {
          'Prometheus, scrape_duration_seconds summed': (at(theirs, 0.5) * 1000) / typical(ours.warm, 'ms'),
        }),
      'received and dropped': typical(drops.warm, 'ms') / typical(ours.warm, 'ms'),
    };
    row('scrape and reduce, warm', ours.warm, 'ms', anchors);
    row('  CPU of this process, mean', ours.warm, 'cpuMs', {
      'received and dropped': typical(drops.warm, 'cpuMs') / typical(ours.warm, 'cpuMs'),
    });
    row('  longest block of the event loop', ours.warm, 'blockMs');
    row('received and dropped by the same client', drops.warm, 'ms');
    row('  CPU of this process, mean', drops.warm, 'cpuMs');
    row('  longest block of the event loop', drops.warm, 'blockMs');
    result({ work: 'scrape and reduce, met first', value: ours.first.ms, unit: 'ms' });
    result({ work: '  longest block of the event loop', value: ours.first.blockMs, unit: 'ms' });
    if (Array.isArray(theirs))
      result({
        work: 'a real Prometheus, scrape_duration_seconds summed',
        value: at(theirs, 0.5) * 1000,
        unit: 'ms',
        lowest: Math.min(...theirs) * 1000,
        highest: Math.max(...theirs) * 1000,
      });
    else skipped('a real Prometheus', theirs.reason);
    const points: [string, number][] = [];
    for (let some = Math.max(1, count / 8); some <= count; some *= 2)
      points.push([`${some} targets`, typical(take('--watch', ports.slice(0, some)).warm, 'cpuMs')]);
    plot('Growth with targets: CPU of one scrape', 'ms', points);
  } finally {
    child.stdin?.end();
    child.kill();
    await client.close();
  }
}

void main();

/**
 * Measures the history of a day and a half of 64 engines × 40 measures and vLLM's histograms at 10 s: memory, disk, and
 * times.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStorage } from '../../src/history/historyStorage';
import { History } from '../../src/history/history';
import { Journal } from '../../src/history/journal';
import { loadHistory } from '../../src/history/loadHistory';
import { pruneFiles } from '../../src/history/pruneFiles';
import { LongestBlock } from './longestBlock';
import { engineCount, histograms, measures, snapshotAt } from './randomSnapshots';
import { plot, result, smoke, table } from './report';
import { timed, times } from './timing';

const stepMs = 10_000;
/** The history keeps this many hours. It is fed for longer, because it should stop growing then. */
const hours = smoke ? 2 : 24;
const simulatedHours = 1.5 * hours;
const start = 1_760_000_040_000;

/** Memory in use after garbage collection, heap and typed arrays, in MB. */
function memoryMb(): number {
  global.gc?.();
  global.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** What feeding the history has cost. */
interface Fed {
  /** Time of the last snapshot. */
  end: number;
  snapshots: number;
  /** Durations in ms: of adding each snapshot, and of writing each minute. */
  addTimes: number[];
  writeTimes: number[];
  /** Memory in use after each hour, in MB. */
  memory: number[];
  maxDiskBytes: number;
}

/** Adds a snapshot every ten seconds, and writes every minute. */
async function feed(history: History, storage: ReturnType<typeof folderStorage>): Promise<Fed> {
  const memoryBefore = memoryMb();
  const journal = new Journal({ storage, run: 'bench', writer: 'bench' });
  const snapshots = (simulatedHours * 3_600_000) / stepMs;
  const end = start + snapshots * stepMs;
  const fed: Fed = { end, snapshots, addTimes: [], writeTimes: [], memory: [], maxDiskBytes: 0 };
  for (let step = 0; step <= snapshots; step++) {
    const at = start + step * stepMs;
    const snapshot = snapshotAt(at);
    fed.addTimes.push(...times(1, () => history.add(snapshot)));
    if (at % 60_000 === 0) {
      const writeStart = performance.now();
      await journal.take(history, at);
      await journal.write(at);
      fed.writeTimes.push(performance.now() - writeStart);
    }
    if (step % 360 !== 0) continue;
    await pruneFiles(storage, at, hours);
    const diskBytes = (await storage.list()).reduce((sum, { bytes }) => sum + bytes, 0);
    fed.maxDiskBytes = Math.max(fed.maxDiskBytes, diskBytes);
    fed.memory.push(memoryMb() - memoryBefore);
  }
  return fed;
}

function reportFeeding(history: History, { snapshots, addTimes, writeTimes, memory, maxDiskBytes }: Fed): void {
  table(
    `History of ${hours} h: ${engineCount} engines × ${measures.length} measures, ${histograms.length} histograms, ${simulatedHours} h at 10 s, ${snapshots} snapshots`,
  );
  const lastHours = memory.slice(-hours / 2);
  const megabytes = (work: string, value: number): unknown => result({ work, value, unit: 'MB' });
  megabytes('held after garbage collection', memory.at(-1) ?? 0);
  megabytes('  of which typed arrays', history.bytes / 2 ** 20);
  result({
    work: `  difference of highest and lowest in the last ${hours / 2} h`,
    value: Math.max(...lastHours) - Math.min(...lastHours),
    unit: 'MB',
    lowest: Math.min(...lastHours),
    highest: Math.max(...lastHours),
  });
  megabytes('on disk, at most', maxDiskBytes / 2 ** 20);
  result(timed('add', addTimes));
  result(timed('write a minute (mostly not blocking)', writeTimes));
}

function measureQueries(history: History, end: number): void {
  const range = { from: end - hours * 3_600_000, to: end, maxPoints: 1000 };
  const measureQuery = (
    work: string,
    queried: readonly string[],
    engines: 'aggregate' | 'each',
    queryCount: number,
  ): unknown =>
    result(
      timed(
        `query ${hours} h, ${work}`,
        times(queryCount, () => history.query({ ...range, measures: queried, engines })),
      ),
    );
  measureQuery('one measure, aggregate', measures.slice(0, 1), 'aggregate', 20);
  measureQuery('one measure, each engine', measures.slice(0, 1), 'each', 10);
  measureQuery('all measures, aggregate', measures, 'aggregate', 10);
  result(
    timed(
      `query ${hours} h, one histogram’s buckets`,
      times(10, () => history.distributionHistory.query(histograms.slice(0, 1), range.from, range.to)),
    ),
  );
}

async function measureLoad(storage: ReturnType<typeof folderStorage>, now: number): Promise<void> {
  const block = new LongestBlock();
  const loadStart = performance.now();
  await loadHistory(new History({ hours: () => hours }), 'bench', {
    storage,
    now,
    warn: (message) => {
      throw new Error(message);
    },
    signal: new AbortController().signal,
  });
  result({ work: 'load all of it', value: performance.now() - loadStart, unit: 'ms' });
  result({ work: '  longest block of the event loop', value: await block.end(), unit: 'ms' });
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'skyrl-bench-'));
  const storage = folderStorage(folder);
  try {
    const history = new History({ hours: () => hours });
    const fed = await feed(history, storage);
    reportFeeding(history, fed);
    measureQueries(history, fed.end);
    await measureLoad(storage, fed.end);
    plot(
      'Growth with time: held after so many hours',
      'MB',
      fed.memory.flatMap((value, hour) => (hour % Math.max(1, hours / 8) === 0 ? [[`${hour} h`, value] as const] : [])),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main();

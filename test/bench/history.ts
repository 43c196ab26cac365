/** A day and a half of 64 engines × 40 measures and vLLM's histograms at 10 s: what it holds in memory and on disk, and what adding, asking, writing and reading take. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, Measure, Snapshot } from '../../src/api';
import { folderStorage } from '../../src/history/historyStorage';
import { History } from '../../src/history/history';
import { Journal } from '../../src/history/journal';
import { loadHistory } from '../../src/history/loadHistory';
import { pruneFiles } from '../../src/history/pruneFiles';
import { randomOf } from '../unit/support/random';
import { LongestBlock } from './longestBlock';
import { plot, result, smoke, table } from './report';
import { timed, times } from './timing';

const engineCount = smoke ? 4 : 64;
const measures = Array.from({ length: 40 }, (_, index) => `measure_${index}`);
/** As many as vLLM has, with as many buckets as they have on average. */
const histograms = Array.from({ length: 19 }, (_, index) => `histogram_${index}`);
const bounds = Array.from({ length: 15 }, (_, index) => 2 ** index / 1000);
const stepMs = 10_000;
/** How far back it is kept, and for how long it is watched: once a day is there, it grows no more. */
const hours = smoke ? 2 : 24;
const simulated = 1.5 * hours;
const start = 1_760_000_040_000;
const next = randomOf(1);

function measuresAt(to: number, spread: boolean): Record<string, Measure> {
  return Object.fromEntries(
    measures.map((id) => {
      const value = next() * 1000;
      return [
        id,
        spread
          ? {
              value,
              to,
              lowest: { engine: 'engine-0', value: value / 2 },
              highest: { engine: 'engine-1', value: value * 2 },
            }
          : { value, to },
      ];
    }),
  );
}

function distributionsAt(to: number): NonNullable<Snapshot['distributions']> {
  return Object.fromEntries(
    histograms.map((id) => [
      id,
      {
        from: to - 30_000,
        to,
        bounds,
        counts: [...bounds, Infinity].map(() => Math.floor(next() * 500)),
        counted: engineCount,
        of: engineCount,
      },
    ]),
  );
}

/** Random numbers: nothing that could be packed. */
function snapshotAt(at: number): Snapshot {
  const engines = Array.from({ length: engineCount }, (_, index): Engine => ({
    id: `engine-${index}`,
    name: `engine ${index}`,
    node: '',
    state: 'active',
    measures: measuresAt(at, false),
  }));
  return {
    at,
    window: undefined,
    trigger: 'timer',
    values: {},
    measures: measuresAt(at, true),
    sinceStart: {},
    engines,
    targets: [],
    findings: [],
    distributions: distributionsAt(at),
  };
}

/** Heap and typed arrays, in MB. */
function heldMb(): number {
  global.gc?.();
  global.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

const mb = (work: string, value: number): unknown => result({ work, value, unit: 'MB' });

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'skyrl-bench-'));
  const storage = folderStorage(folder);
  const diskBytes = async (): Promise<number> => (await storage.list()).reduce((sum, { bytes }) => sum + bytes, 0);
  try {
    const before = heldMb();
    const history = new History({ hours: () => hours });
    const journal = new Journal({ storage, run: 'bench', writer: 'bench' });
    const adding: number[] = [];
    const writing: number[] = [];
    const held: number[] = [];
    let most = 0;
    const steps = (simulated * 3_600_000) / stepMs;
    for (let step = 0; step <= steps; step++) {
      const at = start + step * stepMs;
      const snapshot = snapshotAt(at);
      adding.push(...times(1, () => history.add(snapshot)));
      if (at % 60_000 === 0) {
        const began = performance.now();
        await journal.take(history, at);
        await journal.write(at);
        writing.push(performance.now() - began);
      }
      if (step % 360 !== 0) continue;
      await pruneFiles(storage, at, hours);
      most = Math.max(most, await diskBytes());
      held.push(heldMb() - before);
    }
    const now = start + steps * stepMs;
    const last = held.slice(-hours / 2);
    table(
      `History of ${hours} h: ${engineCount} engines × ${measures.length} measures, ${histograms.length} histograms, ${simulated} h at 10 s, ${steps} snapshots`,
    );
    mb('held after garbage collection', held.at(-1) ?? 0);
    mb('  of which typed arrays', history.bytes / 2 ** 20);
    result({
      work: `  more at one time than at another in the last ${hours / 2} h`,
      value: Math.max(...last) - Math.min(...last),
      unit: 'MB',
      lowest: Math.min(...last),
      highest: Math.max(...last),
    });
    mb('on disk, at most', most / 2 ** 20);
    result(timed('add', adding));
    result(timed('write a minute (mostly not blocking)', writing));
    const span = { from: now - hours * 3_600_000, to: now, maxPoints: 1000 };
    const ask = (work: string, asked: readonly string[], engines: 'aggregate' | 'each', rounds: number): unknown =>
      result(
        timed(
          `ask ${hours} h, ${work}`,
          times(rounds, () => history.query({ ...span, measures: asked, engines })),
        ),
      );
    ask('one measure, aggregate', measures.slice(0, 1), 'aggregate', 20);
    ask('one measure, each engine', measures.slice(0, 1), 'each', 10);
    ask('all measures, aggregate', measures, 'aggregate', 10);
    result(
      timed(
        `ask ${hours} h, one histogram’s buckets`,
        times(10, () => history.distributionHistory.query(histograms.slice(0, 1), span.from, span.to)),
      ),
    );
    const block = new LongestBlock();
    const began = performance.now();
    const again = new History({ hours: () => hours });
    await loadHistory(again, 'bench', {
      storage,
      now,
      warn: (words) => {
        throw new Error(words);
      },
      signal: new AbortController().signal,
    });
    result({ work: 'read it all again', value: performance.now() - began, unit: 'ms' });
    result({ work: '  longest block of the event loop', value: await block.end(), unit: 'ms' });
    plot(
      'Growth with time: held after so many hours',
      'MB',
      held.flatMap((each, hour) => (hour % Math.max(1, hours / 8) === 0 ? [[`${hour} h`, each] as const] : [])),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main();

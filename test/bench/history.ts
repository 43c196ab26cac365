/** A day of 64 engines × 40 measures at 10 s: what it holds in memory and on disk, and what adding, asking, writing and reading take. Prints; asserts nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, Measure, Snapshot } from '../../src/api';
import { folderStorage } from '../../src/metrics/history/files';
import { History } from '../../src/metrics/history/history';
import { Journal, prune } from '../../src/metrics/history/journal';
import { loadHistory } from '../../src/metrics/history/load';
import { randomOf } from '../unit/support/random';
import { medianOf, times } from './timing';

const engineCount = 64;
const measures = Array.from({ length: 40 }, (_, index) => `measure_${index}`);
const stepMs = 10_000;
const hours = 24;
const start = 1_760_000_040_000;
const next = randomOf(1);

function measuresAt(to: number, spread: boolean): Record<string, Measure> {
  return Object.fromEntries(measures.map((id) => {
    const value = next() * 1000;
    return [id, spread ? { value, to, lowest: { engine: 'engine-0', value: value / 2 }, highest: { engine: 'engine-1', value: value * 2 } } : { value, to }];
  }));
}

/** Random numbers: nothing that could be packed. */
function snapshotAt(at: number): Snapshot {
  const engines = Array.from({ length: engineCount }, (_, index): Engine => ({ id: `engine-${index}`, name: `engine ${index}`, node: '', state: 'active', measures: measuresAt(at, false) }));
  return { at, window: undefined, trigger: 'timer', values: {}, measures: measuresAt(at, true), sinceStart: {}, engines, targets: [], findings: [] };
}

/** Heap and typed arrays, in MB. */
function heldMb(): number {
  global.gc?.();
  global.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const say = (label: string, words: string): unknown => process.stdout.write(`${label.padEnd(44)} ${words}\n`);

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'skyrl-bench-'));
  const storage = folderStorage(folder);
  const diskBytes = async (): Promise<number> => (await storage.list()).reduce((sum, { bytes }) => sum + bytes, 0);
  try {
    const before = heldMb();
    const history = new History();
    const journal = new Journal({ storage, run: 'bench', writer: 'bench' });
    const adding: number[] = [];
    const writing: number[] = [];
    const held: number[] = [];
    let most = 0;
    const steps = (hours * 3_600_000) / stepMs;
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
      await prune(storage, at, hours);
      most = Math.max(most, await diskBytes());
      held.push(heldMb() - before);
    }
    const now = start + steps * stepMs;
    const half = held.slice(held.length >> 1);
    say(`History: ${engineCount} engines × ${measures.length} measures, ${hours} h at 10 s`, `(${steps} snapshots)`);
    say('  held after garbage collection', `${(held.at(-1) ?? 0).toFixed(1)} MB (typed arrays ${mb(history.bytes)})`);
    say('  every three hours', held.filter((_, index) => index % 3 === 0).map((each) => each.toFixed(0)).join(' '));
    say('  last 12 h, lowest to highest', `${Math.min(...half).toFixed(1)} to ${Math.max(...half).toFixed(1)} MB`);
    say('  add, median', `${medianOf(adding).toFixed(2)} ms`);
    say('  write a minute, median (mostly not blocking)', `${medianOf(writing).toFixed(1)} ms`);
    say('  on disk, at most', mb(most));
    const span = { from: now - hours * 3_600_000, to: now, maxPoints: 1000 };
    say('  ask 24 h, one measure, aggregate', `${medianOf(times(20, () => history.query({ ...span, measures: measures.slice(0, 1), engines: 'aggregate' }))).toFixed(1)} ms`);
    say('  ask 24 h, one measure, each engine', `${medianOf(times(10, () => history.query({ ...span, measures: measures.slice(0, 1), engines: 'each' }))).toFixed(1)} ms`);
    say('  ask 24 h, all measures, aggregate', `${medianOf(times(10, () => history.query({ ...span, measures, engines: 'aggregate' }))).toFixed(1)} ms`);
    const began = performance.now();
    const again = new History();
    await loadHistory(again, 'bench', { storage, now, warn: (words) => void say('  warning', words), signal: new AbortController().signal });
    say('  read it all again', `${(performance.now() - began).toFixed(0)} ms`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main();

/** A large history to load, and large runs to diagnose, for the measurement of blocks. */
import type { Engine, TargetReport } from '../../src/api';
import { Diagnosis } from '../../src/diagnosis/diagnosis';
import type { DiagnosisInput, TrackedEngine } from '../../src/diagnosis/rule';
import { History } from '../../src/history/history';
import type { HistoryStorage } from '../../src/history/historyStorage';
import { Journal } from '../../src/history/journal';
import { loadHistory } from '../../src/history/loadHistory';
import { runInSlices } from '../../src/shared/timeSlice';
import { memoryStorage } from '../unit/history/memoryStorage';
import { snapshotAt } from './randomSnapshots';

const start = 1_795_000_020_000;
const minuteMs = 60_000;

const loading = (storage: HistoryStorage, now: number) => (): Promise<void> =>
  loadHistory(new History(), 'bench', {
    storage,
    now,
    warn: () => undefined,
    signal: new AbortController().signal,
  });

/** Writes so many hours, the last one at full rate, and returns a function that loads them. */
export async function loadDay(hours: number): Promise<() => Promise<void>> {
  const history = new History();
  const storage = memoryStorage();
  const journal = new Journal({ storage, run: 'bench', writer: 'w' });
  const end = start + hours * 60 * minuteMs;
  for (let at = start; at <= end; at += at < end - 60 * minuteMs ? minuteMs : 10_000) {
    history.add(snapshotAt(at));
    if ((at - start) % minuteMs !== 0) continue;
    await journal.take(history, at);
    await journal.write(at);
  }
  return loading(storage, end);
}

/** Functions that load files which are none, of so many bytes. */
export function loadGarbage(bytes: number): Record<string, () => Promise<void>> {
  const files: Record<string, Buffer> = {
    'a file of zeros': Buffer.alloc(bytes),
    'a file of one byte value': Buffer.alloc(bytes, 1),
    'a file of text': Buffer.alloc(bytes, '{"a":[1,2,3]},'),
  };
  return Object.fromEntries(
    Object.entries(files).map(([what, content]) => [
      what,
      async () => {
        const storage = memoryStorage();
        for (const kind of ['points', 'minutes']) storage.files.set(`bench.${kind}.${start}.w.skyrl`, content);
        await loading(storage, start + minuteMs)();
      },
    ]),
  );
}

interface RoundEngine {
  engine: Partial<Engine>;
  tracked?: Partial<TrackedEngine>;
}

/** By what is wrong with each engine, in a round: 0 to 4. */
const kinds: Readonly<Record<string, (round: number, index: number) => RoundEngine>> = {
  'all caches full, then not': (round) => ({
    engine: { measures: { kv_cache_usage_perc: { value: round < 4 ? 0.99 : 0.1, to: start + round * minuteMs } } },
  }),
  'all dead': () => ({ engine: { state: 'dead' } }),
  'all dead and followed': (_, index) => ({
    engine: { state: index % 2 ? 'dead' : 'active', follows: `e${index + 1}` },
  }),
  'none ever reported': () => ({ engine: { startedAt: start - 3_600_000 }, tracked: { hasReported: false } }),
  'all agents restarted': (round) => ({ engine: {}, tracked: { resetAt: start + round * minuteMs } }),
  'all stand still': () => ({
    engine: { movedAt: start - 3_600_000, measures: { num_requests_running: { value: 5, to: start } } },
    tracked: { stuckSince: start - 3_600_000 },
  }),
};

function inputOf(count: number, round: number, of: (round: number, index: number) => RoundEngine): DiagnosisInput {
  const now = start + round * minuteMs;
  const made = Array.from({ length: count }, (_, index) => of(round, index));
  const node = (index: number): string => `10.0.${(index >> 3) >> 8}.${(index >> 3) & 255}`;
  return {
    now,
    engines: made.map(({ engine }, index) => ({
      id: `e${index}`,
      name: `engine ${index}`,
      node: node(index),
      state: 'active',
      workerId: `e${index}`,
      measures: {},
      ...engine,
    })),
    trackedEngines: made.map(({ tracked }, index) => ({
      key: `e${index}`,
      name: `engine ${index}`,
      native: false,
      targetUrl: `http://${node(index)}:1/metrics`,
      firstSeenAt: start - 7_200_000,
      seenAt: now,
      hasReported: true,
      renamedFamilies: new Set<string>(),
      ...tracked,
    })),
    measures: {},
    parts: [],
    phase: undefined,
    targets: Array.from({ length: Math.ceil(count / 8) }, (_, index): TargetReport => ({
      url: `http://${node(8 * index)}:1/metrics`,
      kind: 'ray',
      state: 'ok',
      bytes: 1,
      samples: 1,
      tookMs: 1,
    })),
    expectedEngines: count + 1,
  };
}

/** Functions that diagnose five scrapes of so many engines, by what is wrong with them. */
export const findingRounds = (count: number): Record<string, () => Promise<void>> =>
  Object.fromEntries(
    Object.entries(kinds).map(([what, of]) => {
      const inputs = [0, 1, 2, 3, 4].map((round) => inputOf(count, round, of));
      return [
        what,
        async () => {
          const diagnosis = new Diagnosis();
          for (const input of inputs) await runInSlices(diagnosis.findingsInSlices(input));
        },
      ];
    }),
  );

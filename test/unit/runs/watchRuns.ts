/** A made-up cluster that is watched, and the runs that are kept of it. */
import { History } from '../../../src/history/history';
import { folderRunStorage, memoryRunStorage, type RunStorage } from '../../../src/runs/runStorage';
import { RunKeeper } from '../../../src/runs/runKeeper';
import type { RunSighting, SightedConfig, SightedEngine } from '../../../src/runs/runSighting';
import { RunStore } from '../../../src/runs/runStore';
import type { RunConfig } from '../../../src/config/types';
import { snapshot } from '../history/support';
import { atSecond, readingAt, type MadeEngine } from '../rollouts/madeRun';
import { manualClock, type ManualClock } from '../support/clock';

/** Which run a scrape is of, and what else it says. */
export interface Scraped {
  session?: string;
  job?: string;
  engines: readonly MadeEngine[];
  /** By engine id: when its process began, in seconds of the run. */
  startedAt?: number;
  processStart?: number;
  config?: RunConfig | undefined;
  /** Path of the config's file, as VS Code has it. */
  file?: string;
  /** When the config's file was written, in seconds of the run. */
  writtenAt?: number;
}

/** A VS Code window that watches. */
export interface WatchingWindow {
  keeper: RunKeeper;
  store: RunStore;
  clock: ManualClock;
  warnings: string[];
  history: History;
  /** Scrapes at each of these seconds; the history is a new one if the session differs. */
  scrape: (times: readonly number[], what: Scraped) => Promise<void>;
}

/** Opens a window; without a storage its files are in memory. `second`: the time on its clock. */
export function openWindow({
  storage = memoryRunStorage(),
  second = 0,
  limits,
}: { storage?: RunStorage; second?: number; limits?: { runs: number; bytes: number } } = {}): WatchingWindow {
  const clock = manualClock(atSecond(second));
  const warnings: string[] = [];
  const store = new RunStore({ storage, ...(limits && { limits }), warn: (message) => warnings.push(message) });
  let count = 0;
  const keeper = new RunKeeper({
    store,
    clock,
    randomText: () => String(count++),
    log: { warn: (message) => warnings.push(message) },
    onChange: () => undefined,
  });
  let session: string | undefined;
  const window: WatchingWindow = {
    keeper,
    store,
    clock,
    warnings,
    history: new History(),
    async scrape(times, what) {
      if (what.session !== session) window.history = new History();
      session = what.session;
      for (const [index, second] of times.entries()) {
        await clock.advance(Math.max(0, atSecond(second) - clock.now()));
        keeper.add(sightingAt(second, what, window.history));
        // More than a keeper lets wait would be left out.
        if (index % 50 === 49) await keeper.start();
      }
      await keeper.start();
    },
  };
  return window;
}

/** A folder as storage. */
export const inFolder = (folder: string): RunStorage => folderRunStorage(folder);

function sightingAt(second: number, what: Scraped, history: History): RunSighting {
  const { session, job, engines, startedAt, processStart, config, file = 'config/train.yaml', writtenAt } = what;
  const at = atSecond(second);
  const living = engines.filter(({ bornAt = -Infinity, diesAt = Infinity }) => second >= bornAt && second < diesAt);
  const isBusy = ({ work }: MadeEngine): boolean => work.some(([from, to]) => second > from && second < to);
  const running = living.filter(isBusy).length;
  history.addWork(readingAt(engines, second));
  const measure = { num_requests_running: { value: running, to: at } };
  history.add(snapshot(at, measure, Object.fromEntries(living.map(({ id }) => [id, measure]))));
  const sighted: SightedConfig | undefined = config && {
    config,
    release: { release: '0.4', version: '0.4.1', source: 'uv.lock' },
    file,
    writtenAt: writtenAt === undefined ? undefined : atSecond(writtenAt),
  };
  return {
    at,
    ...(session !== undefined && { session }),
    ...(job !== undefined && { job }),
    rayRelease: '2.57.0',
    engines: living.map(({ id }): SightedEngine => ({
      id,
      node: '10.0.0.1',
      model: 'Qwen/Qwen3-8B',
      release: '0.11.0',
      ...(startedAt !== undefined && { startedAt: atSecond(startedAt) }),
      ...(processStart !== undefined && { processStart: atSecond(processStart) / 1000 }),
    })),
    isWorking: running > 0,
    gpus: 8,
    readConfig: async () => sighted,
    history,
  };
}

/** Engines that work for a minute and rest for half of one, so often. */
export const workingEngines = (ids: readonly string[], from: number, count: number, minutes = 1): MadeEngine[] =>
  ids.map((id) => ({
    id,
    work: Array.from({ length: count }, (_, index) => {
      const begin = from + index * (minutes * 60 + 30);
      return [begin, begin + minutes * 60, 100] as const;
    }),
  }));

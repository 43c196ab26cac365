/** A soak: many simulated hours of a healthy cluster through the whole stack, and what they leave behind. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { snapshotViolations } from '../../src/collector/invariants';
import { folderStorage } from '../../src/history/historyStorage';
import { bytesHeld } from '../memory/bytesHeld';
import { clusterScenario, type ClusterSize } from '../demonstration/live/clusterScenario';
import type { Scenario } from '../demonstration/live/scenario';
import { startChaosCluster, type ChaosCluster } from './chaosCluster';
import { chaosInput } from './chaosInput';
import { settleScrape } from './settleScrape';
import { comparedMeasures } from './trueNumbers';
import { createCore, type WatchedCore } from './watchedCore';

/** What a soak is made of. */
export interface SoakOptions {
  size: ClusterSize;
  /** Of the simulation. */
  hours: number;
  /** Between two scrapes of the timer, in ms. */
  intervalMs: number;
  /** Called once an hour of the simulation. */
  onHour?: (counts: SoakCounts) => void;
}

/** What there is at a moment. */
export interface SoakCounts {
  hour: number;
  scrapes: number;
  /** Of the heap and of buffers, after collections if `--expose-gc` allows them. The simulated cluster is among them. */
  bytes: number;
  /** Of `bytes`, what is in buffers and typed arrays. */
  bufferBytes: number;
  /** Of the history's typed arrays, which are part of `bytes` and grow by design until a day is full. */
  historyBytes: number;
  files: number;
  diskBytes: number;
  /** Sockets and other handles of the process that keep it alive. */
  handles: number;
  /** Timers of the extension that wait. */
  timers: number;
  /** Listeners of the process, and of the signal that all requests share. */
  listeners: number;
  /** Series of the chart, and points in them. */
  series: number;
}

/** What a soak found. */
export interface SoakResult {
  /** After each hour. */
  hours: SoakCounts[];
  violations: string[];
}

/** Requests that come a tenth as often, in longer steps: the numbers of series and bytes are the same. */
function lightLoad(scenario: Scenario): Scenario {
  const engines = scenario.engines.map((traits) => ({ ...traits, arrivals: traits.arrivals / 10 }));
  return { ...scenario, engines, stepMs: 5_000 };
}

const hourMs = 3_600_000;

/** Runs until the hours are over. */
export async function runSoak({ size, hours, intervalMs, onHour }: SoakOptions): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-soak-'));
  const chaos = await startChaosCluster(1, lightLoad(clusterScenario(size)));
  const clock = chaos.time.createClock();
  const result: SoakResult = { hours: [], violations: [] };
  let scrapes = 0;
  let series = 0;
  const core = createCore({
    clock,
    storage: folderStorage(folder),
    intervalMs,
    input: () => chaosInput(chaos, { intervalMs, timeoutMs: 20_000 }),
    onSnapshot: (snapshot) => {
      scrapes += 1;
      result.violations.push(...snapshotViolations(snapshot));
      // A chart of the last six hours is open, as wide as a screen.
      if (scrapes % 10 !== 0) return;
      const range = { from: snapshot.at - 6 * hourMs, to: snapshot.at, maxPoints: 1_000 };
      const { history } = core.history;
      series = history.query({ measures: comparedMeasures, engines: 'each', ...range }).series.length;
    },
    onError: (error) => result.violations.push(`the timer: ${String(error)}`),
    log: (message) => result.violations.push(message),
  });
  try {
    core.start();
    for (let hour = 1; hour <= hours; hour += 1) {
      while (chaos.time.awake < hour * hourMs) {
        chaos.time.advance(hour * hourMs - chaos.time.awake);
        chaos.writeFile();
        await settleScrape(chaos.time, core, () => 0);
      }
      const counts: SoakCounts = { hour, scrapes, series, ...(await countAll(chaos, core, folder)) };
      result.hours.push(counts);
      onHour?.(counts);
    }
  } finally {
    await core.close();
    clock.end();
    await chaos.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return result;
}

async function countAll(
  { time }: ChaosCluster,
  core: WatchedCore,
  folder: string,
): Promise<Omit<SoakCounts, 'hour' | 'scrapes' | 'series'>> {
  const bytes = await bytesHeld();
  const bufferBytes = process.memoryUsage().external;
  const names = readdirSync(folder);
  const events = ['exit', 'beforeExit', 'unhandledRejection', 'uncaughtException', 'warning'] as const;
  return {
    bytes,
    bufferBytes,
    historyBytes: core.history.history.bytes,
    files: names.length,
    diskBytes: names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
    handles: process.getActiveResourcesInfo().filter((name) => !/^(Timeout|Immediate)$/.test(name)).length,
    timers: time.pending,
    listeners: events.reduce((sum, event) => sum + process.listenerCount(event), core.signalListeners),
  };
}

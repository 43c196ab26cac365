/** Reads from the engines' states what one scrape says of their work. */
import type { EngineRole, EngineState } from '../api';
import type { Backend } from '../discovery/rayBackend';
import type { EngineReading, WorkReading } from '../history/workReading';
import { reportIntervalMs } from '../metrics/reportInterval';
import type { SubjectState } from '../metrics/subjectState';
import { workCounters, type WorkTotals } from '../metrics/workCounters';

/** One scrape of a run. */
interface WorkInput {
  /** Unix ms. */
  at: number;
  engines: readonly { engine: SubjectState; state: EngineState; role: EngineRole | undefined }[];
  backend: Backend | undefined;
  phase: string | undefined;
  generationRate: number | undefined;
}

/** Reads the work of one run's engines, scrape after scrape. */
export class WorkReader {
  /** By engine, then by slot: the last value of each counter. A series may be missing from an answer. */
  private readonly lastValues = new Map<string, Map<number, number>>();

  /** What a scrape says. Engines that are gone are left out. */
  read({ at, engines, backend, phase, generationRate }: WorkInput): WorkReading {
    const listed = engines.filter(({ state }) => state !== 'gone');
    const listedKeys = new Set(listed.map(({ engine }) => engine.key));
    for (const key of this.lastValues.keys()) if (!listedKeys.has(key)) this.lastValues.delete(key);
    return {
      at,
      engines: listed.map(({ engine, state, role }) => ({
        ...this.readEngine(engine, state, backend),
        ...(role && { role }),
      })),
      ...(phase !== undefined && { phase }),
      ...(generationRate !== undefined && { generationRate }),
    };
  }

  private readEngine(engine: SubjectState, state: EngineState, backend: Backend | undefined): EngineReading {
    const { key, name, native, seenAt, resetAt, reportInterval } = engine;
    const isReset = resetAt !== undefined && resetAt === seenAt;
    const newSince = newEngineSince(engine);
    const kvUsage = confirmedGauges(engine, 'kvUsage');
    return {
      id: key,
      name,
      ...(seenAt !== undefined && { at: seenAt }),
      lagMs: native ? 0 : (reportInterval?.ms ?? reportIntervalMs),
      totals: this.totalsOf(engine, isReset),
      ...(newSince !== undefined && { newSince }),
      ...(isReset && { isReset }),
      load: state === 'asleep' ? 'idle' : loadOf(engine, backend),
      ...(kvUsage.length > 0 && { kvUsage: Math.max(...kvUsage) }),
      ...(state === 'dead' && { hasEnded: true }),
    };
  }

  private totalsOf({ key, seriesIndex, values }: SubjectState, isReset: boolean): WorkTotals {
    const last = isReset ? new Map<number, number>() : (this.lastValues.get(key) ?? new Map<number, number>());
    this.lastValues.set(key, last);
    const totals: WorkTotals = {};
    for (const counter of workCounters) {
      for (const slot of seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown[counter])) {
        const value = values?.[slot] ?? NaN;
        if (!Number.isNaN(value)) last.set(slot, value);
        const known = last.get(slot);
        if (known !== undefined) totals[counter] = (totals[counter] ?? 0) + known;
      }
    }
    return totals;
  }
}

/** When its target answered without an engine that is in its newest answer for the first time, Unix ms. */
function newEngineSince({ rateWindows: [first, ...more], seenAt }: SubjectState): number | undefined {
  return first?.seconds === undefined && first?.to === seenAt && more.length === 0 ? first?.from : undefined;
}

/** The values of a gauge that the newest answer confirms. */
function confirmedGauges(
  { seriesIndex, gauges, seenAt }: SubjectState,
  name: 'running' | 'waiting' | 'kvUsage',
): number[] {
  return seriesIndex
    .slotsOf(seriesIndex.catalogIndex.wellKnown[name])
    .filter((slot) => gauges.at[slot] === seenAt)
    .map((slot) => gauges.values[slot] ?? NaN)
    .filter((value) => !Number.isNaN(value));
}

/** Ray 2.57 and newer keep a gauge for as long as an engine sets it, so that one without gauges has no requests. */
function loadOf(engine: SubjectState, backend: Backend | undefined): EngineReading['load'] {
  const running = confirmedGauges(engine, 'running');
  if ([...running, ...confirmedGauges(engine, 'waiting')].some((count) => count > 0)) return 'busy';
  if (running.length > 0) return 'idle';
  return !engine.native && backend === 'open-telemetry' ? 'idle' : 'unknown';
}

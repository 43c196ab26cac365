/** Made-up runs: engines that work when a test says so, and what scrapes read of them. */
import type { EngineRole } from '../../../src/api';
import { History } from '../../../src/history/history';
import type { EngineReading, WorkReading } from '../../../src/history/workReading';
import { RolloutTracker, type RunRollouts } from '../../../src/rollouts/rolloutTracker';

/** Unix ms of second 0. */
export const runStart = Date.UTC(2026, 10, 24, 12);
/** Unix ms of a second of a run. */
export const atSecond = (second: number): number => runStart + second * 1000;

/** An engine of a made-up run. */
export interface MadeEngine {
  id: string;
  role?: EngineRole;
  /** When it works, in seconds: from, to, output tokens per second. */
  work: readonly (readonly [from: number, to: number, rate: number])[];
  /** Second of its death. */
  diesAt?: number;
  /** It is first listed at this second. */
  bornAt?: number;
}

/** Tokens that an engine has generated until a second. */
export const tokensUntil = ({ work, diesAt = Infinity }: MadeEngine, second: number): number =>
  work.reduce((sum, [from, to, rate]) => sum + Math.max(0, Math.min(to, second, diesAt) - from) * rate, 0);

/** What a scrape at a second reads; engines are servers, whose counters have no delay. */
export function readingAt(engines: readonly MadeEngine[], second: number, phase?: string): WorkReading {
  const readings = engines
    .filter(({ bornAt = -Infinity }) => second >= bornAt)
    .map((engine): EngineReading => {
      const { id, work, diesAt = Infinity } = engine;
      const output = tokensUntil(engine, second);
      const isBusy = work.some(([from, to]) => second > from && second < Math.min(to, diesAt));
      return {
        id,
        name: `engine ${id}`,
        ...(engine.role && { role: engine.role }),
        at: atSecond(second),
        lagMs: 0,
        totals: { outputTokens: output, promptTokens: 2 * output, requests: Math.floor(output / 100) },
        load: isBusy ? 'busy' : 'idle',
        ...(second >= diesAt && { hasEnded: true }),
      };
    });
  return { at: atSecond(second), engines: readings, ...(phase !== undefined && { phase }) };
}

/** A history with its rollouts. */
export interface MadeRun {
  history: History;
  tracker: RolloutTracker;
  add: (reading: WorkReading) => RunRollouts;
  update: () => RunRollouts;
}

/** An empty run. */
export function newRun(history = new History()): MadeRun {
  const tracker = new RolloutTracker();
  const update = (): RunRollouts =>
    tracker.update({ work: history.work, bandsBetween: (from, to) => history.bandHistory.bandsBetween(from, to) });
  return {
    history,
    tracker,
    update,
    add: (reading) => {
      history.addWork(reading);
      return update();
    },
  };
}

/** Seconds from, to (inclusive), every step. */
export const seconds = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** A run that was scraped at these seconds. */
export function scrapeRun(
  engines: readonly MadeEngine[],
  times: readonly number[],
  phaseAt?: (second: number) => string,
): MadeRun {
  const run = newRun();
  for (const second of times) run.add(readingAt(engines, second, phaseAt?.(second)));
  return run;
}

/** What all rollouts of a run counted together. */
export function rolloutSums({ update }: MadeRun): Record<'output' | 'prompt' | 'requests' | 'preemptions', number> {
  const sums = { output: 0, prompt: 0, requests: 0, preemptions: 0 };
  for (const { kind, tokens, requests = 0, preemptions = 0 } of update().all) {
    if (kind !== 'rollout') continue;
    sums.output += tokens.output ?? 0;
    sums.prompt += tokens.prompt ?? 0;
    sums.requests += requests;
    sums.preemptions += preemptions;
  }
  return sums;
}

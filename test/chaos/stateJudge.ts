/** Compares the list of engines and their states with the truth. */
import type { Engine, EngineState, Snapshot } from '../../src/api';
import type { Simulation } from '../demonstration/live/simulation';
import type { Worker } from '../demonstration/live/worker';
import type { WrongNumber } from './numberJudge';
import type { ServedBodies, ServedBody } from './servedBodies';
import { hasMoved } from './trueNumbers';

type WrongStates = Generator<WrongNumber, void>;

/** What the judge of states knows. */
export interface StateFacts {
  simulation: Simulation;
  /** Every worker that has ended, by id: the simulation forgets those that are long dead, and the extension may not know. */
  endedWorkers: ReadonlyMap<string, Worker>;
  served: ServedBodies;
  /** True Unix ms. */
  now: number;
  /** The newest body of each node that was accepted, if this scrape has it. */
  accepted: readonly ServedBody[];
  /** No fault for two scrapes that asked everything. */
  isCalm: boolean;
  /** Another cluster's answers are among the newest ones. */
  isForeign: boolean;
  /** Faults that let the dashboard list fewer engines than there are, now or a moment ago. */
  hidesEngines: boolean;
  /** How long a scrape may take, in ms: an engine may die while it runs, after the dashboard's answer. */
  longestScrapeMs: number;
}

const aliveStates: ReadonlySet<EngineState> = new Set(['starting', 'active', 'quiet', 'asleep', 'paused']);
/** An agent shows a dead worker's gauges for 20 s, and they count for 20 s; a report may be 10 s old. */
const longestAfterlifeMs = 50_000;
/** What an engine did longer ago does not make it active. */
const activeMs = 60_000;

/** Whether an engine can be active: in the last minute counters moved, or a gauge said that it has work. */
function canBeActive({ served, now, longestScrapeMs }: StateFacts, { workerId, node }: Worker): boolean {
  const bodies = served.between(node, now - activeMs - longestScrapeMs, now);
  return bodies.some(({ honesty, workers }, index) => {
    const [before, after] = [bodies[index - 1]?.workers.get(workerId), workers.get(workerId)];
    if (honesty === 'lie' || honesty === 'foreign') return true;
    const hasWork = ['num_requests_running', 'num_requests_waiting'].some((key) => (after?.gauges.get(key) ?? 0) > 0);
    return hasWork || (after !== undefined && (before === undefined || hasMoved(before, after)));
  });
}

/** The state with what may have led to it, in ms before the snapshot. */
function describe({ state, movedAt, measures }: Engine, at: number): string {
  const gauges = ['num_requests_running', 'num_requests_waiting'].flatMap((id) => {
    const measure = measures[id];
    return measure ? `, ${id} ${measure.value} ${at - measure.to} ms ago` : [];
  });
  return `${state}, moved ${movedAt === undefined ? 'never' : `${at - movedAt} ms ago`}${gauges.join('')}`;
}

function* engineErrors(facts: StateFacts, engine: Engine, worker: Worker, at: number): WrongStates {
  const { state } = engine;
  const shown = describe(engine, at);
  const { now, accepted, isCalm, hidesEngines, longestScrapeMs } = facts;
  const { workerId, node, endedAt } = worker;
  const what = `the state of ${workerId}`;
  if (endedAt !== undefined) {
    const isKnown = isCalm && now - endedAt > longestScrapeMs;
    const isForgotten = !facts.simulation.workers.includes(worker);
    if (
      isKnown
        ? state !== 'dead' && !(isForgotten && state === 'gone')
        : aliveStates.has(state) && now - endedAt > longestAfterlifeMs
    )
      yield { what, shown, truth: `dead for ${now - endedAt} ms` };
    return;
  }
  if (state === 'dead' || (state === 'gone' && !hidesEngines)) yield { what, shown, truth: 'alive' };
  if (state === 'active' && !canBeActive(facts, worker)) yield { what, shown, truth: 'without work for a minute' };
  const body = accepted.find((each) => each.node === node && each.honesty === 'true');
  const running = body?.workers.get(workerId)?.gauges.get('num_requests_running') ?? 0;
  if (running > 0 && state !== 'active') yield { what, shown, truth: `${running} requests running` };
}

/** The wrong states of a snapshot, engines that do not exist, and engines that are missing. */
export function* stateErrors(facts: StateFacts, { at, engines }: Snapshot): WrongStates {
  const { simulation, endedWorkers, accepted, isCalm, isForeign } = facts;
  const current = simulation.workers.map((worker) => [worker.workerId, worker] as const);
  const workers = new Map([...endedWorkers, ...current]);
  for (const engine of engines) {
    const worker = workers.get(engine.id);
    if (worker) yield* engineErrors(facts, engine, worker, at);
    else if (!isForeign && engine.state !== 'dead' && engine.state !== 'gone')
      yield { what: 'an engine', shown: `${engine.id}, ${engine.state}`, truth: 'no such engine' };
  }
  if (!isCalm) return;
  const listed = new Set(engines.map(({ id }) => id));
  for (const { workers: reported } of accepted)
    for (const [id, { counters }] of reported)
      if (workers.get(id)?.endedAt === undefined && workers.has(id) && counters.size > 0 && !listed.has(id))
        yield { what: `engine ${id}`, shown: 'nothing', truth: 'reports' };
}

/** The demonstration run: four engines and a trainer on two nodes, in steps of a quarter of a second. The same seed and the same times give the same run. */
import { abortAll, createLoad, stepEngine, type EngineLoad, type EngineStep } from './engine';
import type { Bounds } from './ledger';
import { createRandom, type Random } from './random';
import {
  beforeSeconds,
  cycleSeconds,
  demandAt,
  engineTraits,
  events,
  type EngineEvent,
  type EngineTraits,
} from './timeline';
import { createTrainer, stepTrainer, type TrainerState } from './trainer';
import { createWorker, reportEveryMs, reportIfDue, type Worker } from './worker';

export const stepMs = 250;
/** Dead engines whose counters stay. Ray never drops them; here the oldest go, so that a demonstration may run for days. */
export const deadKept = 6;

export interface EngineSlot {
  traits: EngineTraits;
  random: Random;
  load: EngineLoad;
  /** Undefined between an engine's death and the start of its successor. */
  worker: Worker | undefined;
  state: 'loading' | 'awake' | 'asleep';
}

export interface Simulation {
  readonly session: string;
  /** Unix ms: when the cluster started, and how far the simulation has come. */
  readonly startedAt: number;
  now: number;
  readonly bounds: Bounds;
  readonly random: Random;
  readonly slots: readonly EngineSlot[];
  readonly trainer: { worker: Worker; state: TrainerState };
  /** Every engine's worker that ever was (but see `deadKept`), in the order they started. */
  workers: Worker[];
}

const sleepStates = ['awake', 'weights_offloaded', 'discard_all'] as const;

function setSleepState(worker: Worker, state: (typeof sleepStates)[number]): void {
  for (const each of sleepStates) worker.ledger.gauges.set(`engine_sleep_state/${each}`, each === state ? 1 : 0);
}

function startWorker(simulation: Simulation, node: number): Worker {
  const { random, now } = simulation;
  const pid = 20_000 + Math.floor(random.uniform() * 9000);
  return createWorker(random.hex(56), node, pid, now, Math.round((0.1 + 0.9 * random.uniform()) * reportEveryMs));
}

const handlers: Record<EngineEvent, (simulation: Simulation, slot: EngineSlot, step: EngineStep | undefined) => void> =
  {
    die({ now }, slot) {
      if (slot.worker) slot.worker.endedAt = now;
      slot.worker = undefined;
      slot.load = createLoad();
    },
    restart(simulation, slot) {
      slot.worker = startWorker(simulation, slot.traits.node);
      slot.state = 'loading';
      const dead = simulation.workers.filter(({ endedAt }) => endedAt !== undefined);
      const dropped = new Set(dead.slice(0, Math.max(0, dead.length - deadKept)));
      simulation.workers = [...simulation.workers.filter((worker) => !dropped.has(worker)), slot.worker];
    },
    ready(_simulation, slot) {
      slot.state = 'awake';
      slot.worker?.ledger.gauges.set('cache_config_info', 1);
      if (slot.worker) setSleepState(slot.worker, 'awake');
    },
    sleep(_simulation, slot, step) {
      if (step) abortAll(step);
      slot.state = 'asleep';
      if (slot.worker) setSleepState(slot.worker, 'weights_offloaded');
    },
    wake(_simulation, slot) {
      slot.state = 'awake';
      if (slot.worker) setSleepState(slot.worker, 'awake');
    },
  };

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');

function sessionName(at: Date, pid: number): string {
  const day = `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}`;
  return `session_${day}_${pad(at.getUTCHours())}-${pad(at.getUTCMinutes())}-${pad(at.getUTCSeconds())}_${pad(at.getUTCMilliseconds() * 1000, 6)}_${pid}`;
}

/** A run that began `beforeSeconds` before `start` (Unix ms), so that there is load at `start`. */
export function createSimulation(start: number, seed: number, bounds: Bounds): Simulation {
  const startedAt = start - beforeSeconds * 1000;
  const random = createRandom(seed);
  const base = { session: sessionName(new Date(startedAt - 60_000), 4242), startedAt, now: startedAt, bounds, random };
  const slots = engineTraits.map((traits, index): EngineSlot => ({
    traits,
    random: createRandom(seed * 31 + index + 1),
    load: createLoad(),
    worker: undefined,
    state: 'loading',
  }));
  const trainerWorker = createWorker(random.hex(56), 0, 19_871, startedAt, 2000);
  const simulation: Simulation = {
    ...base,
    slots,
    trainer: { worker: trainerWorker, state: createTrainer() },
    workers: [],
  };
  for (const slot of slots) {
    handlers.restart(simulation, slot, undefined);
    handlers.ready(simulation, slot, undefined);
  }
  advance(simulation, start);
  return simulation;
}

const finishedIn = (worker: Worker): number =>
  ['stop', 'length'].reduce((sum, reason) => sum + (worker.ledger.counters.get(`request_success/${reason}`) ?? 0), 0);

/** Second of the cycle at a time. */
export const secondOfCycle = ({ startedAt }: Simulation, now: number): number =>
  ((now - startedAt) / 1000) % cycleSeconds;

function stepOnce(simulation: Simulation): void {
  simulation.now += stepMs;
  const { now, startedAt, slots, trainer, bounds } = simulation;
  const second = secondOfCycle(simulation, now);
  const paused = trainer.state.phase === 'sync_weights';
  let finished = 0;
  slots.forEach((slot, index) => {
    const { worker, traits, load, random } = slot;
    const common = { bounds, now: (now - startedAt) / 1000, seconds: stepMs / 1000, demand: demandAt(second), paused };
    const step = worker && { ...common, traits, load, random, ledger: worker.ledger };
    const before = worker ? finishedIn(worker) : 0;
    if (step && slot.state === 'awake') stepEngine(step);
    if (worker) finished += finishedIn(worker) - before;
    for (const { at, engine, event } of events) {
      if (at === second && (engine === 'all' || engine === index)) handlers[event](simulation, slot, step);
    }
  });
  stepTrainer(trainer.state, trainer.worker.ledger, simulation.random, second, finished);
  for (const worker of [...simulation.workers, trainer.worker]) reportIfDue(worker, now);
}

/** Runs the simulation up to `to` (Unix ms); a time before its own changes nothing. */
export function advance(simulation: Simulation, to: number): void {
  while (simulation.now + stepMs <= to) stepOnce(simulation);
}

/** The simulation of a run: engines and a trainer, in equal steps. Depends only on seed, scenario and times. */
import { abortAll, createLoad, stepEngine, type EngineLoad, type EngineStep } from './engine';
import { createRandom, type Random } from './random';
import type { Bounds } from './registry';
import { demandAt, phaseAt, type EngineEvent, type EngineTraits, type Scenario } from './scenario';
import { createTrainer, stepTrainer, type TrainerState } from './trainer';
import { createWorker, reportIfDue, reportIntervalMs, type Worker } from './worker';

/**
 * Dead engines whose metrics stay. Ray keeps all; here the oldest are dropped, so that a demonstration can run for
 * days.
 */
export const maxDeadWorkers = 6;

/** The place of an engine, which has another worker after each restart. */
export interface EngineSlot {
  traits: EngineTraits;
  random: Random;
  load: EngineLoad;
  /** Undefined between the death of an engine and its restart. */
  worker: Worker | undefined;
  state: 'loading' | 'awake' | 'asleep';
}

/** A simulated run. Times are Unix ms. */
export interface Simulation {
  readonly scenario: Scenario;
  readonly session: string;
  readonly startedAt: number;
  /** The time up to which it was simulated. */
  now: number;
  readonly bounds: Bounds;
  readonly random: Random;
  readonly slots: readonly EngineSlot[];
  readonly trainer: { worker: Worker; state: TrainerState };
  /** The workers of all engines, also of dead ones (up to `maxDeadWorkers`), in the order of their starts. */
  workers: Worker[];
}

const sleepStates = ['awake', 'weights_offloaded', 'discard_all'] as const;

function setSleepState({ registry }: Worker, state: (typeof sleepStates)[number]): void {
  for (const sleepState of sleepStates)
    registry.gauges.set(`engine_sleep_state/${sleepState}`, sleepState === state ? 1 : 0);
}

function startWorker({ random, now }: Simulation, node: number): Worker {
  const pid = 20_000 + Math.floor(random.uniform() * 9000);
  return createWorker(random.hex(56), node, pid, now, Math.round((0.1 + 0.9 * random.uniform()) * reportIntervalMs));
}

type EventHandler = (simulation: Simulation, slot: EngineSlot, step: EngineStep | undefined) => void;

const eventHandlers: Record<EngineEvent, EventHandler> = {
  die({ now }, slot) {
    if (slot.worker) slot.worker.endedAt = now;
    slot.worker = undefined;
    slot.load = createLoad();
  },
  restart(simulation, slot) {
    slot.worker = startWorker(simulation, slot.traits.node);
    slot.state = 'loading';
    const dead = simulation.workers.filter(({ endedAt }) => endedAt !== undefined);
    const dropped = new Set(dead.slice(0, Math.max(0, dead.length - maxDeadWorkers)));
    simulation.workers = [...simulation.workers.filter((worker) => !dropped.has(worker)), slot.worker];
  },
  ready(_simulation, slot) {
    slot.state = 'awake';
    slot.worker?.registry.gauges.set('cache_config_info', 1);
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

/** The name of a session as Ray forms it. */
function sessionName(date: Date, pid: number): string {
  const day = `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  const time = `${pad(date.getUTCHours())}-${pad(date.getUTCMinutes())}-${pad(date.getUTCSeconds())}`;
  return `session_${day}_${time}_${pad(date.getUTCMilliseconds() * 1000, 6)}_${pid}`;
}

/** A run that has its scenario's head start at `start` (Unix ms). */
export function createSimulation(start: number, seed: number, bounds: Bounds, scenario: Scenario): Simulation {
  const startedAt = start - scenario.headStartSeconds * 1000;
  const random = createRandom(seed);
  const slots = scenario.engines.map((traits, index): EngineSlot => ({
    traits,
    random: createRandom(seed * 31 + index + 1),
    load: createLoad(),
    worker: undefined,
    state: 'loading',
  }));
  const simulation: Simulation = {
    scenario,
    session: sessionName(new Date(startedAt - 60_000), 4242),
    startedAt,
    now: startedAt,
    bounds,
    random,
    slots,
    trainer: { worker: createWorker(random.hex(56), 0, 19_871, startedAt, 2000), state: createTrainer() },
    workers: [],
  };
  for (const slot of slots) {
    eventHandlers.restart(simulation, slot, undefined);
    eventHandlers.ready(simulation, slot, undefined);
  }
  advance(simulation, start);
  return simulation;
}

/** Lets an event happen to an engine now, beside those of the scenario. */
export function applyEvent(simulation: Simulation, engine: number, event: EngineEvent): void {
  const slot = simulation.slots[engine];
  if (slot) eventHandlers[event](simulation, slot, undefined);
}

/** Samples that a worker has finished so far. */
const finishedSamples = ({ registry }: Worker): number =>
  ['stop', 'length'].reduce((sum, reason) => sum + (registry.counters.get(`request_success/${reason}`) ?? 0), 0);

function stepOnce(simulation: Simulation): void {
  const { scenario, startedAt, slots, trainer, bounds, random } = simulation;
  const { stepMs } = scenario;
  simulation.now += stepMs;
  const { now } = simulation;
  const second = ((now - startedAt) / 1000) % scenario.cycleSeconds;
  const common = {
    bounds,
    now: (now - startedAt) / 1000,
    seconds: stepMs / 1000,
    demand: demandAt(scenario, second),
    isPaused: trainer.state.phase === 'sync_weights',
  };
  let finished = 0;
  slots.forEach((slot, index) => {
    const { worker, traits, load } = slot;
    const step = worker && { ...common, traits, load, random: slot.random, registry: worker.registry };
    const finishedBefore = worker ? finishedSamples(worker) : 0;
    if (step && slot.state === 'awake') stepEngine(step);
    if (worker) finished += finishedSamples(worker) - finishedBefore;
    for (const { at, engine, event } of scenario.events) {
      if (at === second && (engine === 'all' || engine === index)) eventHandlers[event](simulation, slot, step);
    }
  });
  stepTrainer(trainer.state, trainer.worker.registry, random, phaseAt(scenario, second), finished);
  for (const worker of [...simulation.workers, trainer.worker]) reportIfDue(worker, now);
}

/** Simulates up to a time (Unix ms); a time that has passed changes nothing. */
export function advance(simulation: Simulation, to: number): void {
  while (simulation.now + simulation.scenario.stepMs <= to) stepOnce(simulation);
}

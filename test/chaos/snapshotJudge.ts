/** Judges each snapshot of a chaos run: invariants, numbers, states, and whether it has recovered from the last fault. */
import type { Snapshot } from '../../src/api';
import { snapshotViolations } from '../../src/collector/invariants';
import { isLiving } from '../../src/metrics/engineState';
import { Alternations } from './alternations';
import type { ChaosCluster } from './chaosCluster';
import type { Worker } from '../demonstration/live/worker';
import { EngineNames } from './engineNames';
import { measureErrors, valueErrors, type WrongNumber } from './numberJudge';
import { hasForeignAnswers, type FaultNames } from './runningFaults';
import type { ServedBody } from './servedBodies';
import { stateErrors } from './stateJudge';
import { hasFallen, hasMoved } from './trueNumbers';

/** Scrapes after the end of a fault by which everything is right again. */
const recoveryScrapes = 2;
/** Gauges that are older are in no aggregate, in ms. */
const freshMs = 20_000;

/** How one target answered. */
export interface TargetAnswer {
  url: string;
  /** When the response began, by the clock of the machine; undefined if it was not asked. */
  at: number | undefined;
  /** Why it failed; undefined if its body was read. */
  error: string | undefined;
}

/** What the judge is told about a scrape and the faults around it. */
export interface ScrapeReport extends FaultNames {
  /** When it began, and when its snapshot was made, true Unix ms. */
  beganAt: number;
  at: number;
  /** By how much the window's time between this scrape and the one before differs from the true one, relative. */
  spanError?: number;
}

/** How exact times are. */
export interface Exactness {
  /** Relative error of rates that the times' errors explain. */
  rateTolerance: number;
  longestScrapeMs: number;
}

/** Judges one run, window after window. */
export class SnapshotJudge {
  private readonly names = new EngineNames();
  /** What the next answer of each node is compared with, and how often it failed since. */
  private readonly comparable = new Map<number, { body: ServedBody; failures: number }>();
  /** The newest accepted body of each node, and the one before, in this window. */
  private accepted = new Map<number, ServedBody>();
  private acceptedBefore = new Map<number, ServedBody>();
  private alternations = new Alternations();
  /** Scrapes that asked everything since the end of the last fault. */
  private calmScrapes = 0;
  /** All that ever ended: the simulation forgets those that are long dead. */
  private readonly endedWorkers = new Map<string, Worker>();
  /** How many numbers were compared. */
  compared = 0;

  /** `exactness`: by default that of a window whose clock is the simulation's. */
  constructor(
    private readonly chaos: ChaosCluster,
    private readonly exactness: Exactness = { rateTolerance: 0, longestScrapeMs: 1_000 },
  ) {}

  /**
   * A window was opened: it has nothing to compare with. What the one before had not written by `lostFrom`, in ms that
   * the machine was awake, is lost; undefined if it wrote everything.
   */
  beginWindow(lostFrom: number | undefined): void {
    this.forgetBodies();
    this.alternations = new Alternations();
    if (lostFrom !== undefined) this.names.forgetUnwritten(lostFrom);
    this.noteFault();
  }

  /** The files cannot be written, or, `damaged`, are not what they were. */
  noteDiskFault(damaged: boolean): void {
    if (damaged) this.names.noteDamage();
    else this.names.noteDiskFault(this.chaos.time.awake);
  }

  private forgetBodies(): void {
    this.accepted = new Map();
    this.acceptedBefore = new Map();
    this.comparable.clear();
  }

  /** A fault began or ended. A worker that it killed may be forgotten by the simulation before the next snapshot. */
  noteFault(): void {
    this.calmScrapes = 0;
    this.noteEndedWorkers();
  }

  /** Whether nothing has been wrong for so long that everything is right again. */
  get isCalm(): boolean {
    return this.calmScrapes >= recoveryScrapes;
  }

  private nodeOf(url: string): number {
    return this.chaos.cluster.nodes.findIndex(({ port }) => String(port) === new URL(url).port);
  }

  /** The bodies that the answers of this scrape were made of. */
  private acceptedBodies(answers: readonly TargetAnswer[], toTrue: (shown: number) => number): ServedBody[] {
    return answers.flatMap(({ url, at, error }) => {
      const node = this.nodeOf(url);
      const isRead = at !== undefined && error === undefined && node >= 0;
      const body = isRead ? this.chaos.served.newestAt(node, toTrue(at)) : undefined;
      return body ?? [];
    });
  }

  /** What is wrong with a snapshot. */
  *judge(
    snapshot: Snapshot,
    answers: readonly TargetAnswer[],
    { beganAt, at, spanError = 0, active, recent }: ScrapeReport,
  ): Generator<WrongNumber, void> {
    const { chaos } = this;
    const { time, served, simulation } = chaos;
    const offset = time.wallOffset;
    const toTrue = (shown: number): number => shown - offset;
    const bodies = this.acceptedBodies(answers, toTrue);
    const hasAskedAll = answers.every((answer) => answer.at !== undefined && toTrue(answer.at) >= beganAt);
    if (active.length === 0 && hasAskedAll) this.calmScrapes += 1;
    for (const what of snapshotViolations(snapshot)) yield { what: 'an invariant', shown: what, truth: 'it holds' };
    const isForeign = hasForeignAnswers({ active, recent });
    yield* this.names.errors(snapshot, time.awake);
    // Another run has been shown meanwhile: this one begins anew.
    if (isForeign) this.forgetBodies();
    this.noteEndedWorkers();
    yield* stateErrors(
      {
        simulation,
        endedWorkers: this.endedWorkers,
        served,
        now: at,
        accepted: bodies,
        longestScrapeMs: this.exactness.longestScrapeMs,
        isCalm: this.isCalm,
        isForeign,
        hidesEngines: [...active, ...recent].some((name) =>
          /^(dashboard|target of another|name|token|discovery)/.test(name),
        ),
      },
      snapshot,
    );
    const { rateTolerance } = this.exactness;
    const facts = { served, bounds: simulation.bounds, toTrue, rateTolerance };
    const nodes = new Map(simulation.workers.map(({ workerId, node }) => [workerId, node]));
    for (const engine of snapshot.engines) {
      const node = nodes.get(engine.id);
      this.compared += Object.keys(engine.measures).length;
      if (node !== undefined) yield* measureErrors(facts, engine, node);
    }
    yield* aggregateErrors(snapshot);
    this.alternations.note(bodies);
    const urls = chaos.cluster.nodes.map((_, node) => chaos.targetUrl(node));
    const alternating = this.alternations.nodesIn(snapshot, urls);
    yield* this.alternations.errors(alternating, at);
    if (bodies.every(({ honesty }) => honesty === 'true') && !isForeign) {
      const before = [...this.comparable].map(([node, { body }]) => [node, body] as const);
      if (before.every(([, { honesty }]) => honesty === 'true'))
        yield* valueErrors(snapshot.values, bodies, new Map(before), alternating, rateTolerance + spanError);
    }
    yield* phaseErrors(snapshot, bodies);
    if (this.isCalm) yield* this.recoveryErrors(snapshot, answers, bodies, alternating);
    this.remember(bodies, answers);
  }

  private noteEndedWorkers(): void {
    for (const worker of this.chaos.simulation.workers)
      if (worker.endedAt !== undefined) this.endedWorkers.set(worker.workerId, worker);
  }

  private remember(bodies: readonly ServedBody[], answers: readonly TargetAnswer[]): void {
    for (const body of bodies) {
      const before = this.accepted.get(body.node);
      if (before) this.acceptedBefore.set(body.node, before);
      this.accepted.set(body.node, body);
      this.comparable.set(body.node, { body, failures: 0 });
    }
    const listed = new Map(answers.map(({ url, error }) => [this.nodeOf(url), error]));
    for (const [node, last] of this.comparable) {
      if (listed.get(node)) last.failures += 1;
      if (last.failures > 1 || !listed.has(node)) this.comparable.delete(node);
    }
  }

  /** What should be there again, and is not. */
  private *recoveryErrors(
    { engines, values }: Snapshot,
    answers: readonly TargetAnswer[],
    bodies: readonly ServedBody[],
    alternating: ReadonlySet<number>,
  ): Generator<WrongNumber, void> {
    const { nodes } = this.chaos.cluster;
    if (bodies.length !== nodes.length) {
      const shown = answers.map(({ url, error }) => `${url}: ${error ?? 'ok'}`).join(', ');
      yield { what: 'the nodes that answered', shown, truth: nodes.length };
      return;
    }
    for (const body of bodies) {
      const [before, earlier] = [this.accepted.get(body.node), this.acceptedBefore.get(body.node)];
      for (const [id, worker] of body.workers) {
        const engine = engines.find((each) => each.id === id);
        if (!engine || !isLiving(engine)) continue;
        const running = worker.gauges.get('num_requests_running');
        const shown = engine.measures['num_requests_running']?.value;
        if (running !== undefined && running !== shown)
          yield { what: `num_requests_running of ${id}, after two scrapes`, shown, truth: running };
        const [last, first] = [before?.workers.get(id), earlier?.workers.get(id)];
        const moves = last && first && hasMoved(last, worker) && hasMoved(first, last);
        if (
          alternating.has(body.node) ||
          !moves ||
          this.calmScrapes <= recoveryScrapes ||
          hasFallen(last, worker) ||
          hasFallen(first, last)
        )
          continue;
        if (worker.counters.has('generation_tokens') && !engine.measures['generation_throughput_tok_s'])
          yield { what: `generation_throughput_tok_s of ${id}, after two scrapes`, shown: undefined, truth: 'moves' };
      }
    }
    if (Object.keys(values).length === 0 && bodies.some(({ workers }) => workers.size > 1))
      yield { what: 'SkyRL’s values, after two scrapes', shown: 'none', truth: 'some' };
  }
}

/** Whether the sum over the engines is that of the engines, and of how many. */
function* aggregateErrors({ at, engines, measures }: Snapshot): Generator<WrongNumber, void> {
  const living = engines.filter(isLiving);
  const parts = living.flatMap(({ measures: own }) => own['num_requests_running'] ?? []);
  const fresh = parts.filter(({ to }) => at - to < freshMs);
  const shown = measures['num_requests_running'];
  const truth = fresh.length === 0 ? undefined : fresh.reduce((sum, { value }) => sum + value, 0);
  if (shown?.value !== truth) yield { what: 'num_requests_running of all', shown: shown?.value, truth };
  if (shown && (shown.counted ?? fresh.length) !== fresh.length)
    yield { what: 'how many engines num_requests_running is of', shown: shown.counted, truth: fresh.length };
}

/** The phase that a whole body names is the one that is shown. */
function* phaseErrors({ phase }: Snapshot, bodies: readonly ServedBody[]): Generator<WrongNumber, void> {
  for (const { honesty, workers } of bodies) {
    if (honesty !== 'true') continue;
    for (const { gauges } of workers.values())
      for (const [key, value] of gauges) {
        const truth = /^training_phase\/(.*)$/.exec(key)?.[1];
        if (truth !== undefined && value === 1 && phase?.name !== truth)
          yield { what: 'the training phase', shown: phase?.name, truth };
      }
  }
}

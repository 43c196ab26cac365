/** Describes a span of work: its tokens, rates, tail, idle time and the engines that differ. */
import type { WorkHistory } from '../history/workHistory';
import { addDeltas, unknownDeltas } from '../metrics/workCounters';
import type { ChartBand } from '../shared/chartData';
import type { Rollout } from '../shared/rollout';
import { errorOf } from './bounds';
import { engineShares, type EngineShare } from './engineShares';
import type { TrainingStep } from './trainingSteps';
import type { WorkSpan } from './workSpans';

type Figures = Partial<Omit<Rollout, 'id' | 'kind' | 'from' | 'to' | 'seconds' | 'uncertainty' | 'cut'>>;

/** A rollout, or a step if it has phases, as people read it. `bands` tell when engines were asleep. */
export function describeSpan(span: WorkSpan | TrainingStep, work: WorkHistory, bands: readonly ChartBand[]): Rollout {
  const kind = 'phases' in span ? 'step' : 'rollout';
  const { from, to } = span;
  const ms = Math.max(0, to.at - from.at);
  const shares = engineShares(span, bands);
  const highestRate = work.rates.highest(from.at, to.at);
  return {
    id: `${kind}-${Math.round(from.before)}`,
    kind,
    from: Math.round(from.at),
    to: Math.round(to.at),
    seconds: ms / 1000,
    uncertainty: (errorOf(from) + errorOf(to)) / 1000,
    cut: span.isCut,
    ...(span.isOpen && { isOpen: true }),
    engines: mostAtOnce(span),
    ...countedFigures(span, ms),
    ...(highestRate !== undefined && { highestRate }),
    ...(kind === 'rollout' && !span.isOpen && tailFigures(generating(shares), to.at)),
    ...idleFigures(shares),
    ...comparedFigures(generating(shares)),
    ...('phases' in span && { phases: span.phases }),
  };
}

/** The most engines that were there at one time. */
function mostAtOnce({ engines, from, to }: WorkSpan): number {
  const changes = engines.flatMap((engine): [at: number, by: number][] => [
    [Math.max(engine.from, from.at), 1],
    [engine.hasLeft ? Math.min(engine.to, to.at) : to.at, -1],
  ]);
  let [count, most] = [0, 0];
  for (const [, by] of changes.sort(([a, first], [b, second]) => a - b || first - second)) {
    count += by;
    most = Math.max(most, count);
  }
  return most;
}

/** What counters say, exact over whole reports. */
function countedFigures({ rows }: WorkSpan, ms: number): Figures & Pick<Rollout, 'tokens'> {
  const sums = unknownDeltas();
  for (const { deltas } of rows) addDeltas(sums, deltas);
  const kvPeak = Math.max(...rows.flatMap((row) => (Number.isNaN(row.kvPeak) ? [] : [row.kvPeak])));
  const { outputTokens, promptTokens, requests, preemptions } = sums;
  return {
    tokens: known({ prompt: promptTokens, output: outputTokens }),
    ...known({
      requests,
      preemptions,
      generationRate: ms > 0 ? outputTokens / (ms / 1000) : NaN,
      kvPeak,
      hitRate: shareOrNaN(sums.prefixHits, sums.prefixQueries),
      acceptance: shareOrNaN(sums.acceptedTokens, sums.draftTokens),
    }),
  };
}

/** A missing numerator is 0 beside its denominator: Ray creates a counter at its first increment. */
const shareOrNaN = (numerator: number, denominator: number): number =>
  denominator > 0 ? (Number.isNaN(numerator) ? 0 : numerator) / denominator : NaN;

/** From when half of the engines had run dry; not known of a single engine. Engines that left are not counted. */
function tailFigures(shares: readonly EngineShare[], end: number): Figures {
  const ended = shares
    .flatMap(({ engine, endedAt }) => (endedAt === undefined || engine.hasLeft ? [] : [{ name: engine.name, endedAt }]))
    .sort((a, b) => a.endedAt - b.endedAt);
  const half = ended[Math.ceil(ended.length / 2) - 1];
  const last = ended.at(-1);
  if (!half || !last || ended.length < 2) return {};
  return { tailSeconds: Math.max(0, end - half.endedAt) / 1000, lastEngine: last.name };
}

/** Engines that generate more than a request's first token: of prefill/decode disaggregation the others end early. */
const generating = (shares: readonly EngineShare[]): EngineShare[] =>
  shares.filter(({ engine }) => engine.role !== 'prefill');

function idleFigures(shares: readonly EngineShare[]): Figures {
  const sum = (of: (share: EngineShare) => number): number => shares.reduce((total, share) => total + of(share), 0);
  const idle = sum((share) => share.idle);
  const all = idle + sum(({ worked }) => worked);
  if (all <= 0) return {};
  return { idleSeconds: idle / 1000, idleShare: idle / all, asleepSeconds: sum(({ asleep }) => asleep) / 1000 };
}

/** What tells engines apart, among those that were there from the beginning to the end. */
function comparedFigures(shares: readonly EngineShare[]): Figures {
  const compared = shares.filter(({ isThroughout }) => isThroughout);
  const tokens = compared.flatMap(({ deltas }) => (Number.isNaN(deltas.outputTokens) ? [] : [deltas.outputTokens]));
  const mean = tokens.reduce((sum, each) => sum + each, 0) / compared.length;
  const slowest = compared
    .flatMap(({ engine: { name }, deltas: { outputTokens }, worked }) =>
      worked > 0 && outputTokens > 0 ? [{ name, rate: outputTokens / (worked / 1000) }] : [],
    )
    .sort((a, b) => a.rate - b.rate);
  return {
    ...(compared.length > 1 && mean > 0 && { imbalance: Math.max(...tokens) / mean }),
    ...(slowest.length > 1 && slowest[0] && { slowestEngine: slowest[0] }),
  };
}

/** The numbers that are known. */
function known<Key extends string>(numbers: Record<Key, number>): Partial<Record<Key, number>> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value))) as Partial<
    Record<Key, number>
  >;
}

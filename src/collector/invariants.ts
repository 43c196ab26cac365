/**
 * What every snapshot obeys, whatever it was made of: a violation is a fault of this extension, not of the run. Tests,
 * fuzzing and development builds check it.
 */
import type { Engine, EngineState, Finding, Snapshot, TargetReport } from '../api';
import { limitFindings } from '../diagnosis/limitFindings';
import { isLiving } from '../metrics/engineState';
import { gaugeStaleAfterMs } from '../metrics/gaugeValues';
import { aggregateViolations, distributionViolations, measureViolations, ratioViolations } from './measureInvariants';

type Violations = Generator<string, void>;

/** Paths of all numbers that are not finite. */
function* notFinite(value: unknown, path: string): Violations {
  if (typeof value === 'number' && !Number.isFinite(value)) yield `${path} is ${value}`;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* notFinite(inner, path === '' ? key : `${path}.${key}`);
}

/** Names of things that occur twice. */
function* repeated(what: string, names: readonly string[]): Violations {
  if (new Set(names).size < names.length) yield `two of the same ${what}: ${names.join(', ')}`;
}

/** Whether counters moved a moment ago, or a gauge does not rule out that there is work. */
function canBeActive({ movedAt, measures }: Engine, { at, targets }: Snapshot): boolean {
  const longestInterval = targets.reduce((longest, { reportIntervalMs = 0 }) => Math.max(longest, reportIntervalMs), 0);
  if (movedAt !== undefined && at - movedAt < Math.max(gaugeStaleAfterMs, 2 * longestInterval)) return true;
  return ['num_requests_running', 'num_requests_waiting'].some((id) => !((measures[id]?.value ?? NaN) <= 0));
}

/** By state, whether what the snapshot says of an engine allows it. */
const evidence: Partial<Record<EngineState, (engine: Engine, snapshot: Snapshot) => boolean>> = {
  active: canBeActive,
  asleep: ({ server }) => server?.sleeping !== false,
  paused: ({ server }) => server?.paused === true && server.sleeping !== true,
  dead: ({ measures }) => Object.keys(measures).length === 0,
  gone: ({ measures }) => Object.keys(measures).length === 0,
};

function* engineViolations(engine: Engine, snapshot: Snapshot): Violations {
  const { at } = snapshot;
  const { id, state, movedAt, server, measures } = engine;
  if (!(evidence[state]?.(engine, snapshot) ?? true)) yield `${id} is ${state} against the evidence`;
  if (server?.sleeping === true && isLiving(engine) && state !== 'asleep') yield `${id} sleeps, but is ${state}`;
  if (movedAt !== undefined && movedAt > at) yield `${id} moved in the future`;
  yield* measureViolations(measures, id, at);
}

function* targetViolations({ url, state, error, bytes, samples, tookMs }: TargetReport): Violations {
  if ((state === 'failed') !== Boolean(error)) yield `${url} is ${state} with ${error ? 'an' : 'no'} error`;
  if (bytes < 0 || samples < 0 || tookMs < 0) yield `${url} has a negative size or time`;
}

function* findingViolations({ id, message, engine, since }: Finding, { at, engines }: Snapshot): Violations {
  if (message === '') yield `finding ${id} has no message`;
  if (since !== undefined && since > at) yield `finding ${id} began in the future`;
  if (engine !== undefined && !engines.some((known) => known.id === engine)) yield `finding ${id} is of no engine`;
}

function* timeViolations({ at, window, phase }: Snapshot): Violations {
  if (window && (window.from > window.to || window.to > at)) yield `window is ${window.from} to ${window.to}`;
  if (phase && (phase.since > phase.at || phase.at > at)) yield `phase is ${phase.since} to ${phase.at}`;
}

/** What a snapshot says that cannot be true, a sentence each; empty if it obeys. */
export function* snapshotViolations(snapshot: Snapshot): Violations {
  const { at, engines, parts = [], measures, sinceStart, distributions = {}, targets, findings } = snapshot;
  yield* notFinite(snapshot, '');
  yield* timeViolations(snapshot);
  for (const names of [engines.map(({ id }) => id), engines.map(({ name }) => name)]) yield* repeated('engine', names);
  yield* repeated(
    'part',
    parts.map(({ id }) => id),
  );
  yield* repeated(
    'target',
    targets.map(({ url }) => url),
  );
  for (const engine of engines) yield* engineViolations(engine, snapshot);
  for (const { id, measures: own } of parts) yield* measureViolations(own, id, at);
  yield* measureViolations(measures, 'the aggregate', at);
  yield* ratioViolations(sinceStart);
  yield* aggregateViolations(snapshot);
  for (const [id, one] of Object.entries(distributions)) yield* distributionViolations(id, one, snapshot);
  for (const target of targets) yield* targetViolations(target);
  for (const finding of findings) yield* findingViolations(finding, snapshot);
  if (limitFindings(findings).length < findings.length) yield `${findings.length} findings, too many of one kind`;
}

/** What a test of evaluation leaves out: nothing is known but what the targets, or a Prometheus, answered. */
import type { EvaluationContext } from '../../../src/collector/snapshotSource';

/** The parts of a context that most tests have no need of; those that have one lay it over these. */
export const nothingElseKnown: Omit<EvaluationContext, 'trigger' | 'now' | 'signal' | 'timeoutMs'> = {
  actors: undefined,
  otherWorkers: new Set(),
  serverFactsByUrl: new Map(),
  serverFactsByWorker: new Map(),
  loads: undefined,
  names: new Map(),
  rayVersion: undefined,
  expectedEngines: undefined,
  findings: [],
};

/** What a script tells Ray about metrics: whether its workers report any, and how often. */
import { asBoolean, asNumber } from './scalars';
import type { EnvironmentHint, HintName } from './types';

/** A value that a script sets, with the line that sets it. It is the file's word: what a person set comes first. */
export interface ScriptValue<Value> {
  value: Value;
  hint: EnvironmentHint;
}

/** What a script sets, by meaning; absent if it does not, or if the value is not known here or of no use. */
export interface MetricsHints {
  /** Between two reports of a Ray worker to its node agent, in ms; 0 or less turns them off (`RAY_metrics_report_interval_ms`). */
  reportIntervalMs?: ScriptValue<number>;
  /** False if Ray's workers report nothing (`RAY_enable_metrics_collection`). */
  collectsMetrics?: ScriptValue<boolean>;
}

function read<Value>(
  hints: readonly EnvironmentHint[],
  name: HintName,
  parse: (value: string) => Value | undefined,
): ScriptValue<Value> | undefined {
  const hint = hints.find((each) => each.name === name);
  const value = hint?.value === undefined ? undefined : parse(hint.value);
  return hint === undefined || value === undefined ? undefined : { value, hint };
}

/** The hints about metrics (`RunConfig.environmentHints`, which is undefined or empty if the file is no script). */
export function parseMetricsHints(hints: readonly EnvironmentHint[] = []): MetricsHints {
  const reportIntervalMs = read(hints, 'RAY_metrics_report_interval_ms', asNumber);
  const collectsMetrics = read(hints, 'RAY_enable_metrics_collection', asBoolean);
  return { ...(reportIntervalMs && { reportIntervalMs }), ...(collectsMetrics && { collectsMetrics }) };
}

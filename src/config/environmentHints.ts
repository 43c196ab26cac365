/** What a script tells Ray and vLLM, as discovery uses it: where metrics are, how often they come, and whether at all. */
import { formatLine } from './ranges';
import { asBoolean, asCount, asNumber } from './scalars';
import type { EnvironmentHint, HintName } from './types';

/** A value that a script sets, with the line that sets it. It is the file's word: what a person set comes first. */
export interface ScriptValue<Value> {
  value: Value;
  hint: EnvironmentHint;
}

/** What a script sets, by meaning; absent if it does not, or if the value is not known here or of no use. */
export interface EnvironmentHints {
  /** The folder above Ray's folder `ray` (`RAY_TMPDIR`). */
  temporaryFolder?: ScriptValue<string>;
  /** Ray's folder itself (`ray start --temp-dir`). */
  rayFolder?: ScriptValue<string>;
  /** `host:port` of the GCS, an http URL, or a word such as `auto` (`RAY_ADDRESS`). */
  rayAddress?: ScriptValue<string>;
  /** The port of the dashboard on the head node (`ray start --dashboard-port`). */
  dashboardPort?: ScriptValue<number>;
  /** Between two reports of a Ray worker to its node agent, in ms; 0 or less turns them off (`RAY_metrics_report_interval_ms`). */
  reportIntervalMs?: ScriptValue<number>;
  /** False if Ray's workers report nothing (`RAY_enable_metrics_collection`). */
  collectsMetrics?: ScriptValue<boolean>;
  /** The port of the first vLLM server; the others are 100 apart (`SKYRL_VLLM_START_PORT`). */
  vllmStartPort?: ScriptValue<number>;
}

const text = (value: string): string | undefined => value.trim() || undefined;

function port(value: string): number | undefined {
  const number = asCount(value);
  return number !== undefined && number < 65_536 ? number : undefined;
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

/** The hints by meaning (`RunConfig.environmentHints`, which is undefined or empty if the file is no script). */
export function parseEnvironmentHints(hints: readonly EnvironmentHint[] = []): EnvironmentHints {
  const fields = {
    temporaryFolder: read(hints, 'RAY_TMPDIR', text),
    rayFolder: read(hints, '--temp-dir', text),
    rayAddress: read(hints, 'RAY_ADDRESS', text),
    dashboardPort: read(hints, '--dashboard-port', port),
    reportIntervalMs: read(hints, 'RAY_metrics_report_interval_ms', asNumber),
    collectsMetrics: read(hints, 'RAY_enable_metrics_collection', asBoolean),
    vllmStartPort: read(hints, 'SKYRL_VLLM_START_PORT', port),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined));
}

/** `RAY_TMPDIR at line 3`: a hint for people, without the file's name. */
export const describeHint = ({ name, range }: EnvironmentHint): string => `${name} at ${formatLine(range)}`;

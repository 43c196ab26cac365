/** The typed view of a config that discovery uses, with SkyRL's defaults for what is not written. */
import { engineKey, engineKwargsKey } from './keys';
import { pathFor, usesNewInference } from './metricsPath';
import { formatLine } from './ranges';
import type { Environment } from './resolve';
import { asBoolean, asCount, asText } from './scalars';
import { keyIn } from './schema';
import type { ConfigValue, EnvironmentHint, MetricsPath, RunConfig } from './types';
import { asUrl, readUrls } from './urls';

/** Whether a value is written, SkyRL's default, or written but not known, so that the default is used. */
export type ValueStatus = 'written' | 'default' | 'unresolved';

/** What a config says about the engines. */
export interface RunIntent {
  /** Undefined if it is not known: not resolved, no count, or set by another script. */
  numEngines: number | undefined;
  /** Undefined if it is not known, likewise. */
  dataParallelSize: number | undefined;
  /** Servers to expect: engines × data-parallel size, or the number of external URLs; undefined if not known. */
  expectedEngines: number | undefined;
  statsOn: boolean;
  statsStatus: ValueStatus;
  /** Where `statsOn` comes from, as a clause for people. */
  statsReason: string;
  asyncEngine: boolean;
  runEnginesLocally: boolean;
  /** With scheme, without a slash at the end, each once; empty if there are none or they did not resolve. */
  externalServerUrls: string[];
  externalProxyUrl: string | undefined;
  /** The label `model_name` of the engines' series. */
  modelName: string | undefined;
  /** Whether SkyRL's new inference path is on, by the script's and this process's environment. */
  newInference: boolean;
  metricsPath: MetricsPath;
  /** Why that path, as a clause for people. */
  metricsPathReason: string;
  /** What the script sets for Ray and vLLM; to be used after what a person set. */
  environmentHints: readonly EnvironmentHint[];
  /** The written value of each field; a missing one is a default. */
  fieldValues: Partial<Record<IntentField, ConfigValue>>;
}

/** The fields that come from one key of the config. */
export type IntentField =
  | 'numEngines'
  | 'dataParallelSize'
  | 'statsOn'
  | 'asyncEngine'
  | 'runEnginesLocally'
  | 'externalServerUrls'
  | 'externalProxyUrl'
  | 'modelName';

const numEnginesKey = `${engineKey}.num_engines`;

/** The keys of each field; the first one that is written and not null counts. */
const keysOf: Record<IntentField, readonly string[]> = {
  numEngines: [numEnginesKey],
  dataParallelSize: [`${engineKey}.data_parallel_size`],
  statsOn: [`${engineKey}.enable_ray_prometheus_stats`],
  asyncEngine: [`${engineKey}.async_engine`],
  runEnginesLocally: [`${engineKey}.run_engines_locally`],
  externalServerUrls: [`${engineKey}.external_server_urls`],
  externalProxyUrl: [`${engineKey}.external_proxy_url`],
  modelName: [`${engineKwargsKey}.served_model_name`, `${engineKey}.served_model_name`, 'trainer.policy.model.path'],
};

/** The predecessor of `external_server_urls`. SkyRL's base config always has one, so it counts only without local engines. */
const remoteUrls = `${engineKey}.remote_urls`;

/** The first of these keys that is written, not null, and given whatever the script's conditions are. */
function findWrittenValue(config: RunConfig | undefined, keys: readonly string[]): ConfigValue | undefined {
  return keys
    .map((key) => config?.values.get(key))
    .find((value) => value !== undefined && value.value !== null && value.isConditional !== true);
}

function valueIfResolved(value: ConfigValue | undefined): unknown {
  return value?.unresolvedReason === undefined ? value?.value : undefined;
}

/** A count that is 1 by default; undefined if it is written but not known, or if something else may set it. */
function countOf(config: RunConfig | undefined, key: string): number | undefined {
  const written = config?.values.get(key);
  if (written) return asCount(valueIfResolved(written));
  return config && config.command?.unknownSource === undefined ? 1 : undefined;
}

function describeStats(
  statsOn: boolean,
  statsStatus: ValueStatus,
  source: ConfigValue | undefined,
  standard: string,
  unknownSource: string | undefined,
): string {
  if (statsStatus === 'default' || source === undefined)
    return `enable_ray_prometheus_stats is not written${unknownSource === undefined ? '' : ` here, and ${unknownSource} may set it`}: ${standard}`;
  const origin = `enable_ray_prometheus_stats at ${formatLine(source.range)}`;
  if (statsStatus === 'written') return `${statsOn ? 'on' : 'off'}: ${origin} says so`;
  return `${origin} is not known here${source.unresolvedReason === undefined ? '' : ` (${source.unresolvedReason})`}; taken as not written: ${standard}`;
}

/** Whether engine stats are on where the config does not say so, and the reason. */
function defaultStats(
  layout: RunConfig['layout'] | undefined,
  release: string | undefined,
): [on: boolean, reason: string] {
  if (layout === 'legacy') return [false, 'off, the default of the legacy layout'];
  const value = release === undefined ? undefined : keyIn(release, `${engineKey}.enable_ray_prometheus_stats`)?.default;
  return typeof value === 'boolean'
    ? [value, `${value ? 'on' : 'off'}, the default of SkyRL ${release}`]
    : [true, 'on since SkyRL 0.3, off before'];
}

/**
 * The typed view of a config. Values that are not written, not resolved or of the wrong type are SkyRL's defaults
 * (docs/decisions.md, Defaults), except counts, which are not known then; without a config everything is a default and no
 * count is known. The inference path is decided by the variables that a script sets for the run, else by `environment`.
 * `release` is the release of SkyRL in use, if it is known: its defaults count.
 */
export function resolveIntent(
  config: RunConfig | undefined,
  environment: Environment = {},
  release?: string,
): RunIntent {
  const sources: RunIntent['fieldValues'] = {};
  for (const name of Object.keys(keysOf) as IntentField[]) {
    const value = findWrittenValue(config, keysOf[name]);
    if (value !== undefined) sources[name] = value;
  }
  const runEnginesLocally = asBoolean(valueIfResolved(sources.runEnginesLocally)) ?? true;
  const remote = findWrittenValue(config, [remoteUrls]);
  if (sources.externalServerUrls === undefined && remote !== undefined && !runEnginesLocally)
    sources.externalServerUrls = remote;

  const writtenStats = asBoolean(valueIfResolved(sources.statsOn));
  const [standardStats, standardReason] = defaultStats(config?.layout, release);
  const statsOn = writtenStats ?? standardStats;
  const statsStatus = writtenStats !== undefined ? 'written' : sources.statsOn === undefined ? 'default' : 'unresolved';
  // A script that leaves the number of engines open and hands its arguments on is mostly given one there.
  const isLeftToArguments = config?.command?.forwardsArguments === true && !config.values.has(numEnginesKey);
  const numEngines = isLeftToArguments ? undefined : countOf(config, numEnginesKey);
  const dataParallelSize = countOf(config, `${engineKey}.data_parallel_size`);
  const asyncEngine = asBoolean(valueIfResolved(sources.asyncEngine)) ?? true;
  const newInference = usesNewInference({ ...environment, ...config?.command?.environment });
  const { urls } = readUrls(valueIfResolved(sources.externalServerUrls));
  const externalProxyUrl = asUrl(asText(valueIfResolved(sources.externalProxyUrl)) ?? '');
  const { path, message } = pathFor({
    // An address that is written but not known still means that the engines are elsewhere.
    hasServers: urls.length > 0 || sources.externalServerUrls?.unresolvedReason !== undefined,
    hasProxy: externalProxyUrl !== undefined || sources.externalProxyUrl?.unresolvedReason !== undefined,
    runsLocally: runEnginesLocally,
    newInference,
    asyncEngine,
    statsOn,
  });
  const isExternal = path === 'external-servers' || path === 'external-proxy';
  const localEngines =
    numEngines === undefined || dataParallelSize === undefined ? undefined : numEngines * dataParallelSize;
  const model = valueIfResolved(sources.modelName);
  return {
    numEngines,
    dataParallelSize,
    expectedEngines: isExternal ? urls.length || undefined : runEnginesLocally ? localEngines : undefined,
    statsOn,
    statsStatus,
    statsReason: describeStats(statsOn, statsStatus, sources.statsOn, standardReason, config?.command?.unknownSource),
    asyncEngine,
    runEnginesLocally,
    externalServerUrls: urls,
    externalProxyUrl,
    modelName: asText(Array.isArray(model) ? model[0] : model),
    newInference,
    metricsPath: path,
    metricsPathReason: message,
    environmentHints: config?.environmentHints ?? [],
    fieldValues: sources,
  };
}

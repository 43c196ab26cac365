/** What a config says about the engines, typed and with SkyRL's defaults: what discovery stands on. */
import { engine, engineKwargs } from './keys';
import { pathFor, usesNewInference } from './metricsPath';
import { lineOf } from './ranges';
import type { Environment } from './resolve';
import { asBoolean, asCount, asText } from './scalars';
import type { ConfigValue, MetricsPath, RunConfig } from './types';
import { asUrl, readUrls } from './urls';

/** `unresolved`: written, but its value is not known here, so the default stands in. */
export type Said = 'written' | 'default' | 'unresolved';

export interface RunIntent {
  numEngines: number;
  dataParallelSize: number;
  /** Servers to expect: engines × data-parallel size, or the external URLs; undefined where nobody says. */
  expectedEngines: number | undefined;
  statsOn: boolean;
  statsSaid: Said;
  /** In words, where `statsOn` comes from. */
  statsWords: string;
  asyncEngine: boolean;
  runEnginesLocally: boolean;
  /** With scheme, without a slash at the end, each once; empty where there are none or they did not resolve. */
  externalServerUrls: string[];
  externalProxyUrl: string | undefined;
  /** The label `model_name` of the engines' series. */
  modelName: string | undefined;
  /** Whether SkyRL's new inference layer is on, by this process's environment. */
  newInference: boolean;
  metricsPath: MetricsPath;
  /** In words, why that path. */
  metricsPathWords: string;
  /** Where each of these is written; a missing key is a default. */
  sources: Partial<Record<IntentSource, ConfigValue>>;
}

export type IntentSource =
  | 'numEngines'
  | 'dataParallelSize'
  | 'statsOn'
  | 'asyncEngine'
  | 'runEnginesLocally'
  | 'externalServerUrls'
  | 'externalProxyUrl'
  | 'modelName';

/** Where each is looked for: the first key that says something wins. */
const keysOf: Record<IntentSource, readonly string[]> = {
  numEngines: [`${engine}.num_engines`],
  dataParallelSize: [`${engine}.data_parallel_size`],
  statsOn: [`${engine}.enable_ray_prometheus_stats`],
  asyncEngine: [`${engine}.async_engine`],
  runEnginesLocally: [`${engine}.run_engines_locally`],
  externalServerUrls: [`${engine}.external_server_urls`],
  externalProxyUrl: [`${engine}.external_proxy_url`],
  modelName: [`${engineKwargs}.served_model_name`, `${engine}.served_model_name`, 'trainer.policy.model.path'],
};

/** URLs of the layout before `external_server_urls`; its base config always has one, which counts only without local engines. */
const remoteUrls = `${engine}.remote_urls`;

/** A value that says something: written, and not null. */
function said(config: RunConfig | undefined, keys: readonly string[]): ConfigValue | undefined {
  return keys.map((key) => config?.values.get(key)).find((value) => value !== undefined && value.value !== null);
}

function known(value: ConfigValue | undefined): unknown {
  return value?.unresolved === undefined ? value?.value : undefined;
}

function statsWords(statsOn: boolean, statsSaid: Said, source: ConfigValue | undefined, legacy: boolean): string {
  const standard = legacy ? 'off, the default of the legacy layout' : 'on since SkyRL 0.3, off before';
  if (statsSaid === 'default' || source === undefined) return `enable_ray_prometheus_stats is not written: ${standard}`;
  const place = `enable_ray_prometheus_stats at ${lineOf(source.range)}`;
  if (statsSaid === 'written') return `${statsOn ? 'on' : 'off'}: ${place} says so`;
  return `${place} is not known here${source.unresolved === undefined ? '' : ` (${source.unresolved})`}; taken as not written: ${standard}`;
}

/**
 * The typed view of a config. What is not written, not resolved or of no use as its type has SkyRL's default
 * (research/metrics.md §5.1, §5.2); without a config all of it is defaults.
 * The variables that a script sets for the run, else `environment`, decide the inference path (`_SKYRL_USE_NEW_INFERENCE`, unset: the new one).
 */
export function intent(config: RunConfig | undefined, environment: Environment = {}): RunIntent {
  const legacy = config?.layout === 'legacy';
  const sources: RunIntent['sources'] = {};
  for (const name of Object.keys(keysOf) as IntentSource[]) {
    const value = said(config, keysOf[name]);
    if (value !== undefined) sources[name] = value;
  }
  const runEnginesLocally = asBoolean(known(sources.runEnginesLocally)) ?? true;
  const remote = said(config, [remoteUrls]);
  if (sources.externalServerUrls === undefined && remote !== undefined && !runEnginesLocally)
    sources.externalServerUrls = remote;

  const writtenStats = asBoolean(known(sources.statsOn));
  const statsOn = writtenStats ?? !legacy;
  const statsSaid = writtenStats !== undefined ? 'written' : sources.statsOn === undefined ? 'default' : 'unresolved';
  const numEngines = asCount(known(sources.numEngines)) ?? 1;
  const dataParallelSize = asCount(known(sources.dataParallelSize)) ?? 1;
  const asyncEngine = asBoolean(known(sources.asyncEngine)) ?? true;
  const newInference = usesNewInference({ ...environment, ...config?.command?.environment });
  const { urls } = readUrls(known(sources.externalServerUrls));
  const externalProxyUrl = asUrl(asText(known(sources.externalProxyUrl)) ?? '');
  // An address that is written but not known here still says that the engines are elsewhere.
  const servers = urls.length > 0 || sources.externalServerUrls?.unresolved !== undefined;
  const proxy = externalProxyUrl !== undefined || sources.externalProxyUrl?.unresolved !== undefined;
  const { path, words } = pathFor({ servers, proxy, local: runEnginesLocally, newInference, asyncEngine, statsOn });
  const external = path === 'external-servers' || path === 'external-proxy';
  const model = known(sources.modelName);
  return {
    numEngines,
    dataParallelSize,
    expectedEngines: external ? urls.length || undefined : numEngines * dataParallelSize,
    statsOn,
    statsSaid,
    statsWords: statsWords(statsOn, statsSaid, sources.statsOn, legacy),
    asyncEngine,
    runEnginesLocally,
    externalServerUrls: urls,
    externalProxyUrl,
    modelName: asText(Array.isArray(model) ? model[0] : model),
    newInference,
    metricsPath: path,
    metricsPathWords: words,
    sources,
  };
}

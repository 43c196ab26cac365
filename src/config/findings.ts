/** What a config means for engine metrics, said on the line that causes it: rules as a table (DESIGN §3). */
import { engine, engineKwargs } from './keys';
import { externalRow, newInferenceVariable } from './metricsPath';
import { intent, type RunIntent } from './runIntent';
import { overridden } from './overrides';
import { lineOf } from './ranges';
import { rejectedKeys } from './removedKeys';
import type { Environment } from './resolve';
import { asBoolean } from './scalars';
import type { ConfigFinding, ConfigValue, RunConfig } from './types';
import { asUrl, hasScheme, readUrls, urlTexts } from './urls';

interface Facts {
  config: RunConfig;
  wants: RunIntent;
  /** Whether the inference path comes from a variable that is set here. */
  pathSaid: boolean;
}

type Rule = (facts: Facts) => ConfigFinding[];

function say(
  value: ConfigValue | undefined,
  id: string,
  severity: ConfigFinding['severity'],
  message: string,
): ConfigFinding[] {
  return value === undefined ? [] : [{ id, severity, message, range: value.range, about: value }];
}

/** A known key's value as a boolean; `undefined` where it is not written, not resolved or none. */
function flag({ config }: Facts, key: string): { value: ConfigValue; on: boolean } | undefined {
  const value = config.values.get(key);
  const on = value?.unresolved === undefined ? asBoolean(value?.value) : undefined;
  return value === undefined || on === undefined ? undefined : { value, on };
}

const isExternal = ({ metricsPath }: RunIntent): boolean =>
  metricsPath === 'external-servers' || metricsPath === 'external-proxy';

const statsOff: Rule = ({ wants }) =>
  wants.statsOn || wants.statsSaid !== 'written' || isExternal(wants)
    ? []
    : say(
        wants.sources.statsOn,
        'config-stats-off',
        'warning',
        `Engine metrics on Ray are turned off, and SkyRL's own vllm/* values with them. ${
          wants.metricsPath === 'servers'
            ? 'They are read from the servers’ own /metrics instead, where those can be reached.'
            : 'Set it to true to see them.'
        }`,
      );

const logStatsOff: Rule = (facts) => {
  const found = flag(facts, `${engineKwargs}.disable_log_stats`);
  return found?.on !== true
    ? []
    : say(
        found.value,
        'config-log-stats-off',
        'warning',
        'disable_log_stats: true turns vLLM’s statistics off: its engines may publish no metrics at all.',
      );
};

const synchronous: Rule = ({ config, wants, pathSaid }) => {
  if (wants.asyncEngine || !wants.runEnginesLocally || isExternal(wants)) return [];
  if (!wants.newInference) {
    return say(
      wants.sources.asyncEngine,
      'config-synchronous-engine',
      'warning',
      `The synchronous engine of the old inference path (${newInferenceVariable}=0) publishes no engine metrics. Set async_engine to true.`,
    );
  }
  // Versions that read the legacy layout had the old path as their default for most of their time.
  return config.layout !== 'legacy' || pathSaid
    ? []
    : say(
        wants.sources.asyncEngine,
        'config-synchronous-engine',
        'info',
        `If this run uses the old inference path (${newInferenceVariable}=0), its synchronous engine publishes no engine metrics.`,
      );
};

const colocated: Rule = (facts) => {
  const found = flag(facts, 'trainer.placement.colocate_all');
  return !isExternal(facts.wants) || found?.on !== true
    ? []
    : say(
        found.value,
        'config-external-colocated',
        'error',
        'SkyRL refuses external servers together with trainer.placement.colocate_all=true: what runs elsewhere cannot share its GPUs with the trainer.',
      );
};

const external: Rule = ({ wants: { metricsPath, sources } }) => {
  if (metricsPath === 'external-servers') {
    const row = externalRow({ servers: true, proxy: sources.externalProxyUrl !== undefined });
    return say(
      sources.externalServerUrls,
      'config-external-servers',
      'info',
      `Engine metrics of external servers are not on this Ray cluster: they are read from each server’s /metrics. SkyRL logs no vllm/* values for them. ${row.words}`,
    );
  }
  return metricsPath !== 'external-proxy'
    ? []
    : say(
        sources.externalProxyUrl,
        'config-external-proxy',
        'info',
        `Only a proxy is given: a router is not an engine, and its /metrics need not have engine metrics. external_server_urls names the engines. ${externalRow({ servers: false, proxy: true }).words}`,
      );
};

const noEngines: Rule = ({ wants }) =>
  wants.runEnginesLocally || wants.metricsPath !== 'none'
    ? []
    : say(
        wants.sources.runEnginesLocally,
        'config-no-engines',
        'warning',
        'No engines are run here, and neither external_server_urls nor external_proxy_url says where they are.',
      );

const badUrls: Rule = ({ wants: { sources } }) =>
  [sources.externalServerUrls, sources.externalProxyUrl].flatMap((value) => {
    const bad = value?.unresolved === undefined ? readUrls(value?.value).bad : [];
    return bad.flatMap((text) =>
      say(value, 'config-bad-url', 'warning', `${JSON.stringify(text)} is not an http or https address.`),
    );
  });

/** The legacy `remote_urls` have no scheme, and SkyRL adds it. */
const noScheme: Rule = ({ wants: { sources } }) =>
  [sources.externalServerUrls, sources.externalProxyUrl].flatMap((value) => {
    const bare =
      value?.unresolved === undefined && value?.key !== `${engine}.remote_urls`
        ? urlTexts(value?.value).filter((url) => asUrl(url) !== undefined && !hasScheme(url))
        : [];
    return bare
      .slice(0, 1)
      .flatMap((text) =>
        say(
          value,
          'config-url-scheme',
          'warning',
          `${JSON.stringify(text)} has no scheme: http:// is taken for it here, SkyRL takes it as it stands.`,
        ),
      );
  });

const legacyLayout: Rule = ({ config }) =>
  config.layout !== 'legacy'
    ? []
    : say(
        [...config.values.values()].find(({ key }) => key.startsWith(`${engine}.`)),
        'config-legacy-layout',
        'info',
        'This is the legacy layout, with engine keys directly under generator. SkyRL reads it up to May 2026; since then it takes generator.inference_engine.* only.',
      );

const rejected: Rule = ({ config }) =>
  config.layout === 'legacy'
    ? []
    : rejectedKeys.flatMap(({ key, severity, words, when }) => {
        const value =
          config.values.get(key) ?? [...config.values.values()].find((each) => each.key.startsWith(`${key}.`));
        if (value === undefined || (when !== undefined && (value.unresolved !== undefined || !when(value.value))))
          return [];
        return say(value, 'config-rejected-key', severity, `SkyRL no longer takes ${key}: ${words}`);
      });

const chunkedPrefill: Rule = (facts) => {
  const found = flag(facts, `${engine}.enable_chunked_prefill`);
  if (found === undefined) return [];
  const passed = facts.config.values.get(`${engineKwargs}.enable_chunked_prefill`);
  return say(
    found.value,
    'config-chunked-prefill',
    found.on || passed !== undefined ? 'info' : 'warning',
    `enable_chunked_prefill is not passed on to vLLM; ${
      passed === undefined
        ? 'engine_init_kwargs.enable_chunked_prefill is.'
        : `engine_init_kwargs.enable_chunked_prefill at ${lineOf(passed.range)} is what holds.`
    }`,
  );
};

const overrides: Rule = ({ config }) =>
  overridden(config).flatMap(({ value, by }) =>
    say(
      value,
      'config-overridden',
      'warning',
      `${value.key} is overridden by ${by.key} at ${lineOf(by.range)}: ${JSON.stringify(by.value)}.`,
    ),
  );

const rules: readonly Rule[] = [
  statsOff,
  logStatsOff,
  synchronous,
  external,
  colocated,
  noEngines,
  badUrls,
  noScheme,
  legacyLayout,
  rejected,
  chunkedPrefill,
  overrides,
];

/**
 * Findings from what the values mean, each on the line that causes it. Those from reading the file are `config.findings`; the two
 * do not overlap. `environment` is this process's, which need not be the job's.
 */
export function configFindings(config: RunConfig, environment: Environment): ConfigFinding[] {
  const facts: Facts = {
    config,
    wants: intent(config, environment),
    pathSaid: { ...environment, ...config.command?.environment }[newInferenceVariable] !== undefined,
  };
  return rules.flatMap((rule) => rule(facts)).sort((one, other) => one.range.startLine - other.range.startLine);
}

/** Findings about what a config means for engine metrics, as a table of rules (docs/user-guide.md, Problems and quick fixes). */
import { compareReleases } from '../shared/version';
import { parseMetricsHints, type ScriptValue } from './environmentHints';
import { engineKey, engineKwargsKey, isLegacyKey } from './keys';
import { externalRow, newInferenceVariable } from './metricsPath';
import { resolveIntent, type RunIntent } from './runIntent';
import { findOverriddenValues } from './overrides';
import { formatLine } from './ranges';
import { releaseFindings } from './releaseFindings';
import { removedKeys } from './removedKeys';
import type { Environment } from './resolve';
import { asBoolean } from './scalars';
import { keyIn, newestLegacyRelease } from './schema';
import type { ConfigFinding, ConfigValue, EnvironmentHint, RunConfig } from './types';
import { asUrl, hasScheme, readUrls, urlTexts } from './urls';

interface Facts {
  config: RunConfig;
  intent: RunIntent;
  /** Whether the script or the environment sets the variable that chooses the inference path. */
  hasExplicitPath: boolean;
  /** The release of SkyRL in use, as `major.minor`; undefined if it is not known. */
  release: string | undefined;
}

type Rule = (facts: Facts) => ConfigFinding[];

function reportFinding(
  value: ConfigValue | undefined,
  id: string,
  severity: ConfigFinding['severity'],
  message: string,
): ConfigFinding[] {
  return value === undefined ? [] : [{ id, severity, message, range: value.range, cause: value }];
}

/** A key's value as a boolean; undefined if it is not written, not resolved or not a boolean. */
function flag({ config }: Facts, key: string): { value: ConfigValue; on: boolean } | undefined {
  const value = config.values.get(key);
  const on = value?.unresolvedReason === undefined ? asBoolean(value?.value) : undefined;
  return value === undefined || on === undefined ? undefined : { value, on };
}

const isExternal = ({ metricsPath }: RunIntent): boolean =>
  metricsPath === 'external-servers' || metricsPath === 'external-proxy';

const statsOff: Rule = ({ intent }) =>
  intent.statsOn || intent.statsStatus !== 'written' || isExternal(intent) || !intent.runEnginesLocally
    ? []
    : reportFinding(
        intent.fieldValues.statsOn,
        'config-stats-off',
        'warning',
        `Engine metrics on Ray are turned off, and SkyRL's own vllm/* values with them. ${
          intent.metricsPath === 'servers'
            ? 'They are read from the servers’ own /metrics instead, where those can be reached.'
            : 'Set it to true to see them.'
        }`,
      );

const logStatsOff: Rule = (facts) => {
  const found = flag(facts, `${engineKwargsKey}.disable_log_stats`);
  return found?.on !== true
    ? []
    : reportFinding(
        found.value,
        'config-log-stats-off',
        'warning',
        'disable_log_stats: true turns vLLM’s statistics off: its engines may publish no metrics at all.',
      );
};

const synchronous: Rule = ({ config, intent, hasExplicitPath }) => {
  if (intent.asyncEngine || !intent.runEnginesLocally || isExternal(intent)) return [];
  if (!intent.newInference) {
    return reportFinding(
      intent.fieldValues.asyncEngine,
      'config-synchronous-engine',
      'warning',
      `The synchronous engine of the old inference path (${newInferenceVariable}=0) publishes no engine metrics. Set async_engine to true.`,
    );
  }
  // For most of the time that SkyRL read the legacy layout, the old path was the default.
  return config.layout !== 'legacy' || hasExplicitPath
    ? []
    : reportFinding(
        intent.fieldValues.asyncEngine,
        'config-synchronous-engine',
        'info',
        `If this run uses the old inference path (${newInferenceVariable}=0), its synchronous engine publishes no engine metrics.`,
      );
};

/** SkyRL checks this for the newer keys only, not for the legacy `remote_urls`. */
const colocated: Rule = (facts) => {
  const found = flag(facts, 'trainer.placement.colocate_all');
  const { externalServerUrls, externalProxyUrl } = facts.intent.fieldValues;
  const isRefused = externalProxyUrl !== undefined || externalServerUrls?.key !== `${engineKey}.remote_urls`;
  return !isExternal(facts.intent) || !isRefused || found?.on !== true
    ? []
    : reportFinding(
        found.value,
        'config-external-colocated',
        'error',
        'SkyRL refuses external servers together with trainer.placement.colocate_all=true: what runs elsewhere cannot share its GPUs with the trainer.',
      );
};

const external: Rule = ({ intent: { metricsPath, fieldValues } }) => {
  if (metricsPath === 'external-servers') {
    const row = externalRow({ hasServers: true, hasProxy: fieldValues.externalProxyUrl !== undefined });
    return reportFinding(
      fieldValues.externalServerUrls,
      'config-external-servers',
      'info',
      `Engine metrics of external servers are not on this Ray cluster: they are read from each server’s /metrics. SkyRL logs no vllm/* values for them. ${row.message}`,
    );
  }
  return metricsPath !== 'external-proxy'
    ? []
    : reportFinding(
        fieldValues.externalProxyUrl,
        'config-external-proxy',
        'info',
        `Only a proxy is given: a router is not an engine, and its /metrics need not have engine metrics. external_server_urls names the engines. ${externalRow({ hasServers: false, hasProxy: true }).message}`,
      );
};

/** Another back end needs no engines, and addresses may be given where this file does not show them. */
const noEngines: Rule = ({ config, intent }) => {
  if (intent.runEnginesLocally || intent.metricsPath !== 'none' || config.command?.unknownSource !== undefined)
    return [];
  const backend = config.values.get(`${engineKey}.backend`);
  const isVllm = backend === undefined || backend.unresolvedReason !== undefined || backend.value === 'vllm';
  const isConditional = [...config.values.values()].some(
    (value) => value.isConditional === true && /\.external_/.test(value.key),
  );
  return reportFinding(
    intent.fieldValues.runEnginesLocally,
    'config-no-engines',
    isVllm && !isConditional ? 'warning' : 'info',
    'No engines are run here, and neither external_server_urls nor external_proxy_url says where they are.',
  );
};

const badUrls: Rule = ({ intent: { fieldValues } }) =>
  [fieldValues.externalServerUrls, fieldValues.externalProxyUrl].flatMap((value) => {
    const bad = value?.unresolvedReason === undefined ? readUrls(value?.value).bad : [];
    return bad.flatMap((text) =>
      reportFinding(value, 'config-bad-url', 'warning', `${JSON.stringify(text)} is not an http or https address.`),
    );
  });

/** Addresses without a scheme, except in `remote_urls`, where SkyRL adds it. */
const noScheme: Rule = ({ intent: { fieldValues } }) =>
  [fieldValues.externalServerUrls, fieldValues.externalProxyUrl].flatMap((value) => {
    const bare =
      value?.unresolvedReason === undefined && value?.key !== `${engineKey}.remote_urls`
        ? urlTexts(value?.value).filter((url) => asUrl(url) !== undefined && !hasScheme(url))
        : [];
    return bare
      .slice(0, 1)
      .flatMap((text) =>
        reportFinding(
          value,
          'config-url-scheme',
          'warning',
          `${JSON.stringify(text)} has no scheme: http:// is taken for it here, SkyRL takes it as it stands.`,
        ),
      );
  });

/** On the first legacy key; a file with both layouts gets the same finding. */
const legacyLayout: Rule = ({ config, release }) => {
  if (config.layout !== 'legacy') return [];
  const isRefused = release !== undefined && compareReleases(release, newestLegacyRelease) > 0;
  const values = [...config.values.values()];
  const isMixed = values.some(({ rawKey }) => rawKey.startsWith(`${engineKey}.`));
  return reportFinding(
    values.find(({ rawKey }) => isLegacyKey(rawKey)),
    'config-legacy-layout',
    isRefused ? 'error' : 'info',
    `${
      isMixed
        ? 'This file has engine keys both directly under generator (the legacy layout) and under generator.inference_engine.'
        : 'This is the legacy layout, with engine keys directly under generator.'
    } ${
      isRefused
        ? `SkyRL ${release} refuses it: it takes generator.inference_engine.* only.`
        : `SkyRL reads ${isMixed ? 'both from February to May 2026' : 'it up to May 2026'}; since then it takes generator.inference_engine.* only.`
    }`,
  );
};

/**
 * Keys that SkyRL no longer takes, unless the release in use still has them. If it is not known, a file that sets the
 * variable of the inference path is for an older SkyRL: the variable was removed together with these keys.
 */
const removedKeyFindings: Rule = ({ config, hasExplicitPath, release }) =>
  config.layout === 'legacy' || (release === undefined && hasExplicitPath)
    ? []
    : removedKeys.flatMap(({ key, severity, message, condition }) => {
        if (release !== undefined && keyIn(release, key) !== undefined) return [];
        const value =
          config.values.get(key) ?? [...config.values.values()].find((each) => each.key.startsWith(`${key}.`));
        if (
          value === undefined ||
          (condition !== undefined && (value.unresolvedReason !== undefined || !condition(value.value)))
        )
          return [];
        // Checkouts from before these keys were removed have no release that says so, and take them.
        const known = release === undefined ? 'info' : severity;
        return reportFinding(value, 'config-rejected-key', known, `SkyRL no longer takes ${key}: ${message}`);
      });

/** True is what vLLM does anyway, and is copied from SkyRL's defaults into most configs. */
const chunkedPrefill: Rule = (facts) => {
  const found = flag(facts, `${engineKey}.enable_chunked_prefill`);
  const passed = facts.config.values.get(`${engineKwargsKey}.enable_chunked_prefill`);
  if (found?.on !== false || (passed !== undefined && asBoolean(passed.value) !== true)) return [];
  return reportFinding(
    found.value,
    'config-chunked-prefill',
    'warning',
    `enable_chunked_prefill is not passed on to vLLM; ${
      passed === undefined
        ? 'engine_init_kwargs.enable_chunked_prefill is.'
        : `engine_init_kwargs.enable_chunked_prefill at ${formatLine(passed.range)} is what holds.`
    }`,
  );
};

const overrides: Rule = ({ config }) =>
  findOverriddenValues(config).flatMap(({ value, by }) =>
    reportFinding(
      value,
      'config-overridden',
      'warning',
      `${value.key} is overridden by ${by.key} at ${formatLine(by.range)}: ${JSON.stringify(by.value)}.`,
    ),
  );

/** Reports that come less often than this make numbers look old, in ms. */
const longInterval = 60_000;

function hintFinding(
  hint: EnvironmentHint,
  findingOf: Pick<ConfigFinding, 'id' | 'severity' | 'message'>,
): ConfigFinding {
  const { name, value, range, location } = hint;
  return { ...findingOf, range, cause: { key: name, rawKey: name, value, range, ...(location && { location }) } };
}

const exportOff = (hint: EnvironmentHint): ConfigFinding =>
  hintFinding(hint, {
    id: 'config-metrics-export-off',
    severity: 'warning',
    message: `${hint.name}=${hint.value} turns Ray's metrics off: the engines report nothing to Ray's node agents, and SkyRL logs no vllm/* values. Remove it to see engine metrics.`,
  });

function intervalFinding({ value, hint }: ScriptValue<number>): ConfigFinding[] {
  if (value <= 0) return [exportOff(hint)];
  if (value < longInterval) return [];
  const seconds = Math.round(value / 1000);
  const message = `Ray reports metrics every ${seconds} s here (10 s by default), so engine metrics are up to ${seconds} s old.`;
  return [hintFinding(hint, { id: 'config-slow-metrics', severity: 'info', message })];
}

/** What the script itself tells Ray about metrics. */
const metricsExport: Rule = ({ intent: { environmentHints, metricsPath } }) => {
  if (metricsPath !== 'ray') return [];
  const { collectsMetrics, reportIntervalMs } = parseMetricsHints(environmentHints);
  return [
    ...(collectsMetrics?.value === false ? [exportOff(collectsMetrics.hint)] : []),
    ...(reportIntervalMs ? intervalFinding(reportIntervalMs) : []),
  ];
};

const rules: readonly Rule[] = [
  metricsExport,
  statsOff,
  logStatsOff,
  synchronous,
  external,
  colocated,
  noEngines,
  badUrls,
  noScheme,
  legacyLayout,
  removedKeyFindings,
  ({ config, release }) => releaseFindings(config, release),
  chunkedPrefill,
  overrides,
];

/**
 * Findings about what the values mean, each on the line that causes it, in the order of lines. They do not overlap with
 * `config.findings`, which are about reading the file. `environment` is this process's, which may differ from the job's.
 * `release` is the release of SkyRL in use, as `major.minor`, if it is known.
 */
export function configFindings(config: RunConfig, environment: Environment, release?: string): ConfigFinding[] {
  const facts: Facts = {
    config,
    intent: resolveIntent(config, environment, release),
    hasExplicitPath:
      environment[newInferenceVariable] !== undefined ||
      Object.hasOwn(config.command?.environment ?? {}, newInferenceVariable),
    release,
  };
  return rules.flatMap((rule) => rule(facts)).sort((one, other) => one.range.startLine - other.range.startLine);
}

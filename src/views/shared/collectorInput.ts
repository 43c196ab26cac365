/** What the collector gets for a scrape: the settings and the config in use. */
import * as vscode from 'vscode';
import type { CollectorInput } from '../../collector/round';
import { isDisaggregated } from '../../config/disaggregation';
import type { SnapshotSource } from '../../collector/snapshotSource';
import { toScriptHints } from '../../discovery/scriptHints';
import type { TokenStore } from '../../discovery/token';
import type { Configs } from '../config/configs';
import { readSettings } from './settings';

/** What the input depends on, beside the settings. */
export interface CollectorInputFacts {
  configs: Pick<Configs, 'activeConfig'>;
  tokens: TokenStore;
  /** Prometheus as the source, used if the settings say so. */
  prometheusSource: SnapshotSource;
  /** By the config in use; undefined if unknown. */
  expectedEngines: number | undefined;
  /** The Ray job that a person chose; undefined leaves the choice to the collector. */
  chosenJob: string | undefined;
  ignoreHold: boolean;
  /** Used if the interval of the settings is 0, which means no timer. */
  defaultIntervalMs: number;
}

/** Reads settings, environment and workspace trust anew at each call. */
export function readCollectorInput({
  configs,
  tokens,
  prometheusSource,
  expectedEngines,
  chosenJob,
  ignoreHold,
  defaultIntervalMs,
}: CollectorInputFacts): CollectorInput {
  const settings = readSettings();
  const intent = configs.activeConfig?.intent;
  const disaggregated = isDisaggregated(configs.activeConfig?.config);
  const { isTrusted } = vscode.workspace;
  return {
    discovery: {
      metricsPath: intent?.metricsPath ?? 'ray',
      serverUrls: intent?.externalServerUrls ?? [],
      ...(intent?.externalProxyUrl !== undefined && { proxyUrl: intent.externalProxyUrl }),
      dashboardSetting: settings.dashboardUrl,
      dashboardTyped: settings.dashboardTyped,
      endpoints: settings.endpoints,
      endpointsTyped: settings.endpointsTyped,
      serverCount: (intent?.numEngines ?? 1) * (intent?.dataParallelSize ?? 1),
      environment: process.env,
      isRemote: settings.proxy !== '',
      hints: toScriptHints(configs.activeConfig?.config),
      tokens,
    },
    requestsAllowed: isTrusted,
    expectedEngines,
    ...(intent?.modelName !== undefined && { model: intent.modelName }),
    ...(disaggregated !== undefined && { disaggregated }),
    ...(chosenJob !== undefined && { chosenJob }),
    timeoutMs: settings.timeoutMs,
    intervalMs: settings.intervalMs || defaultIntervalMs,
    ignoreHold,
    ...(isTrusted && settings.source === 'prometheus' && { source: prometheusSource }),
    offersSource: settings.source === 'auto',
  };
}

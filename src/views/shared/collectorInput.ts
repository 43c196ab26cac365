/** What a round is asked with, from the settings and the config in use. */
import * as vscode from 'vscode';
import type { TokenStore } from '../../discovery/token';
import type { CollectorInput } from '../../collector/round';
import type { SnapshotSource } from '../../collector/snapshotSource';
import type { Configs } from '../config/configs';
import { readSettings } from './settings';

export interface CollectorInputFacts {
  configs: Configs;
  tokens: TokenStore;
  prometheus: SnapshotSource;
  /** Engines by the config. */
  expectedEngines: number | undefined;
  chosenJob: string | undefined;
  ignoreHold: boolean;
  /** Where the interval is 0. */
  backgroundMs: number;
}

export function readCollectorInput({
  configs,
  tokens,
  prometheus,
  expectedEngines,
  chosenJob,
  ignoreHold,
  backgroundMs,
}: CollectorInputFacts): CollectorInput {
  const settings = readSettings();
  const config = configs.activeConfig?.intent;
  const allowed = vscode.workspace.isTrusted;
  return {
    discovery: {
      metricsPath: config?.metricsPath ?? 'ray',
      serverUrls: config?.externalServerUrls ?? [],
      ...(config?.externalProxyUrl !== undefined && { proxyUrl: config.externalProxyUrl }),
      dashboardSetting: settings.dashboardUrl,
      dashboardTyped: settings.dashboardTyped,
      endpoints: settings.endpoints,
      endpointsTyped: settings.endpointsTyped,
      serverCount: (config?.numEngines ?? 1) * (config?.dataParallelSize ?? 1),
      environment: process.env,
      tokens,
    },
    requestsAllowed: allowed,
    expectedEngines,
    ...(config?.modelName !== undefined && { model: config.modelName }),
    ...(chosenJob !== undefined && { chosenJob }),
    timeoutMs: settings.timeoutMs,
    intervalMs: settings.intervalMs || backgroundMs,
    ignoreHold,
    ...(allowed && settings.source === 'prometheus' && { source: prometheus }),
    offersSource: settings.source === 'auto',
  };
}

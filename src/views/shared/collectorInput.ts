/** What a round is asked with, from the settings and the config in use. */
import * as vscode from 'vscode';
import type { TokenStore } from '../../discovery/token';
import type { MonitorInput } from '../../collector/collector';
import type { Source } from '../../collector/snapshotSource';
import type { Configs } from '../config/configs';
import { readSettings } from './settings';

export interface InputFacts {
  configs: Configs;
  tokens: TokenStore;
  prometheus: Source;
  /** Engines by the config. */
  expected: number | undefined;
  chosenJob: string | undefined;
  anyway: boolean;
  /** Where the interval is 0. */
  backgroundMs: number;
}

export function monitorInput({
  configs,
  tokens,
  prometheus,
  expected,
  chosenJob,
  anyway,
  backgroundMs,
}: InputFacts): MonitorInput {
  const settings = readSettings();
  const config = configs.inUse?.intent;
  const allowed = vscode.workspace.isTrusted;
  return {
    discovery: {
      path: config?.metricsPath ?? 'ray',
      serverUrls: config?.externalServerUrls ?? [],
      ...(config?.externalProxyUrl !== undefined && { proxyUrl: config.externalProxyUrl }),
      dashboardSetting: settings.dashboardUrl,
      dashboardTyped: settings.dashboardTyped,
      endpoints: settings.endpoints,
      endpointsTyped: settings.endpointsTyped,
      servers: (config?.numEngines ?? 1) * (config?.dataParallelSize ?? 1),
      environment: process.env,
      tokens,
    },
    allowed,
    expected,
    ...(config?.modelName !== undefined && { model: config.modelName }),
    ...(chosenJob !== undefined && { chosenJob }),
    timeoutMs: settings.timeoutMs,
    intervalMs: settings.intervalMs || backgroundMs,
    anyway,
    ...(allowed && settings.source === 'prometheus' && { source: prometheus }),
    offersSource: settings.source === 'auto',
  };
}

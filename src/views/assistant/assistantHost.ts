/** What tools for language models read of this VS Code window. */
import * as vscode from 'vscode';
import type { ToolHost } from '../../assistant/tool';
import { listComparables, loadComparables, type ComparableSources } from '../../comparison/comparables';
import { redactUrl } from '../../http/redact';
import { PrometheusError } from '../../prometheus/errors';
import type { Configs } from '../config/configs';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import type { RunWatcher } from '../shared/runWatcher';

/** What the tools are about. */
export interface AssistantHostDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  prometheus: PrometheusConnection;
  comparables: ComparableSources;
}

/** The window as tools see it; every property is read anew. */
export function createAssistantHost({ runWatcher, configs, prometheus, comparables }: AssistantHostDeps): ToolHost {
  return {
    get isTrusted() {
      return vscode.workspace.isTrusted;
    },
    now: () => runWatcher.now(),
    get status() {
      return runWatcher.status;
    },
    get snapshot() {
      return runWatcher.snapshot;
    },
    get timer() {
      return runWatcher.timer;
    },
    get expectedEngines() {
      return runWatcher.expectedEngines;
    },
    get config() {
      const { activeConfig } = configs;
      if (!activeConfig?.config) return undefined;
      const { uri, config, intent, findings, broken, release } = activeConfig;
      return { name: vscode.workspace.asRelativePath(uri), config, intent, findings, broken, release };
    },
    get rollouts() {
      return runWatcher.rollouts.all;
    },
    listComparables: () => listComparables(comparables),
    loadComparables: (ids) => loadComparables(comparables, ids),
    queryHistory: (query) => runWatcher.shownRun.queryChart(query, []),
    scrape: () => runWatcher.scrape('command'),
    get prometheusUrl() {
      const base = prometheus.clientIfAny?.base;
      return base === undefined ? undefined : redactUrl(base);
    },
    queryPrometheus: async (query, range, signal) => {
      try {
        const client = prometheus.client();
        return await (range ? client.queryRange(query, range, signal) : client.query(query, undefined, signal));
      } catch (error) {
        if (!(error instanceof PrometheusError)) throw error;
        throw new Error([error.message, error.advice ?? ''].join(' ').trim(), { cause: error });
      }
    },
  };
}

/** What a scrape says of its run, for the runs that are kept. */
import * as vscode from 'vscode';
import type { Engine, Snapshot } from '../../api';
import type { MetricsResponse } from '../../collector/snapshotSource';
import { describeRelease } from '../../diagnosis/releases';
import { isLiving } from '../../metrics/engineState';
import type { RunSighting, SightedConfig, SightedEngine } from '../../runs/runSighting';
import { readConfigText } from '../shared/configReading';
import type { Configs } from '../config/configs';
import type { RunWatcher } from '../shared/runWatcher';
import type { CollectedSnapshot } from '../shared/watchedRun';

/** Where sightings come from. */
export interface SightingSource {
  runWatcher: RunWatcher;
  configs: Pick<Configs, 'activeConfig'>;
}

/** By target URL: when the process of its server started, Unix s. Not of Ray's agents, which are no engines. */
function processStarts(responses: readonly MetricsResponse[]): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { target, result } of responses) {
    if (!result || target.kind === 'ray') continue;
    const index = result.series.findIndex(({ group: { meta } }) => meta.family === 'process_start_time_seconds');
    const start = result.values[index];
    if (start !== undefined && Number.isFinite(start)) starts.set(target.url, start);
  }
  return starts;
}

function toSightedEngine(engine: Engine, starts: ReadonlyMap<string, number>): SightedEngine {
  const { id, node, model, server, release, startedAt } = engine;
  const version = server?.version ?? (release && describeRelease(release));
  // The id of an engine on a server is its URL and its rank.
  const processStart = starts.get(id.slice(0, id.lastIndexOf(' ')));
  return {
    id,
    node,
    ...(model !== undefined && { model }),
    ...(version !== undefined && { release: version }),
    ...(startedAt !== undefined && { startedAt }),
    ...(processStart !== undefined && { processStart }),
  };
}

/** The config in use as it is on disk, because that is what a job reads. Nothing is read of an untrusted folder. */
async function readSightedConfig({ activeConfig }: Pick<Configs, 'activeConfig'>): Promise<SightedConfig | undefined> {
  if (!vscode.workspace.isTrusted || !activeConfig) return undefined;
  const { uri, release } = activeConfig;
  try {
    const hasEdits = vscode.workspace.textDocuments.some(
      (document) => document.isDirty && document.uri.toString() === uri.toString(),
    );
    const text = hasEdits ? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) : undefined;
    const config =
      text === undefined
        ? activeConfig.config
        : (await readConfigText(text, { file: uri.fsPath, environment: process.env })).config;
    if (!config) return undefined;
    const { mtime } = await vscode.workspace.fs.stat(uri);
    return { config, release, file: vscode.workspace.asRelativePath(uri), writtenAt: mtime };
  } catch {
    // A file that was deleted says nothing; the run stays without a config.
    return undefined;
  }
}

const countGpus = ({ parts = [] }: Snapshot): number => parts.filter(({ kind }) => kind === 'gpu').length;

/** What a scrape of the live run says of it. */
export function toSighting(
  { snapshot, responses }: CollectedSnapshot,
  { runWatcher, configs }: SightingSource,
): RunSighting {
  const { collector, history } = runWatcher.shownRun;
  const starts = processStarts(responses);
  const living = snapshot.engines.filter(isLiving);
  const { raySession: session, round } = collector;
  const job = round?.runChoice?.job;
  const rayRelease = round?.discovery.ray.version;
  return {
    at: snapshot.at,
    ...(session !== undefined && { session }),
    ...(job !== undefined && { job }),
    ...(rayRelease !== undefined && { rayRelease }),
    engines: living.map((engine) => toSightedEngine(engine, starts)),
    isWorking: living.some(({ state }) => state === 'active'),
    gpus: countGpus(snapshot),
    readConfig: () => readSightedConfig(configs),
    history: history.history,
  };
}

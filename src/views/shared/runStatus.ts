/** The status of the run that is watched, from the config, the settings and the newest round. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Status } from '../../api';
import type { CaptureReplay } from '../../capture/captureReplay';
import { statusOf } from '../../collector/status';
import type { Configs } from '../config/configs';
import { backgroundIntervalMs, type ScrapeTimer } from './scrapeTimer';
import { readSettings } from './settings';
import type { WatchedRun } from './watchedRun';

/** A scrape may come this much later than the slowest timer plans it before its numbers count as old. */
const latenessMs = 30_000;

/** What the status depends on, beside settings and workspace. */
export interface RunStatusFacts {
  configs: Pick<Configs, 'search' | 'activeConfig'>;
  run: WatchedRun;
  timer: Pick<ScrapeTimer, 'state' | 'ignoreHold'>;
  /** The recording that is replayed. */
  replay: CaptureReplay | undefined;
  /** How often Prometheus scrapes, in ms; undefined if unknown. */
  prometheusIntervalMs: number | undefined;
}

/** The status at the run's present time. */
export function readRunStatus({ configs, run, timer, replay, prometheusIntervalMs }: RunStatusFacts): Status {
  const { round, snapshot } = run.collector;
  const intent = configs.activeConfig?.intent;
  return statusOf({
    folderOpen: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
    isTrusted: vscode.workspace.isTrusted,
    search: configs.search,
    metricsPath: intent?.metricsPath ?? 'ray',
    metricsPathReason: intent?.metricsPathReason,
    statsOn: intent?.statsOn ?? true,
    round,
    snapshot,
    timer: timer.state,
    ignoreHold: timer.ignoreHold,
    now: run.clock.now(),
    replay: replay && {
      name: replay.example ? replay.name : path.basename(replay.name),
      isExample: replay.example !== undefined,
      pace: replay.pace,
      step: replay.stepIndex + 1,
      steps: replay.stepCount,
    },
    staleAfterMs:
      Math.max(3 * readSettings().intervalMs, backgroundIntervalMs + latenessMs) +
      (snapshot?.source ? 2 * (prometheusIntervalMs ?? 0) : 0),
  });
}

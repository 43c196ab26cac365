/** Registers what keeps runs, their rows in the metrics tree, and their commands. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { RunLibrary } from '../../runs/run';
import { RunKeeper } from '../../runs/runKeeper';
import { folderRunStorage, memoryRunStorage } from '../../runs/runStorage';
import { RunStore } from '../../runs/runStore';
import type { Clock } from '../../shared/clock';
import { commandIds } from '../shared/ids';
import { registerOnDemand } from '../shared/registerOnDemand';
import type { TreeRow, TreeSection } from '../shared/treeRow';
import { runsRows } from './runRows';
import { toSighting, type SightingSource } from './runSightings';

const runCommands = [
  commandIds.listRuns,
  commandIds.renameRun,
  commandIds.pinRun,
  commandIds.unpinRun,
  commandIds.deleteRun,
  commandIds.exportRun,
  commandIds.importRun,
];

/** What the feature needs. */
export interface RunFeatureDeps extends SightingSource {
  clock: Clock;
  /** Where runs are kept; undefined: in memory only. */
  folder: string | undefined;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** What other features use of this one. */
export interface RunFeature extends vscode.Disposable {
  library: RunLibrary;
  /** The node of the metrics tree. */
  section: TreeSection;
  /** Writes the run that is watched; resolves when that is done. */
  close: () => Promise<void>;
}

/** Keeps the live run from now on; a replay is not kept. */
export function registerRuns({ clock, folder, log, ...source }: RunFeatureDeps): RunFeature {
  const changed = new vscode.EventEmitter<void>();
  const warn = (message: string): void => log.warn(message);
  let rows: TreeRow[] = [];
  const keeper = new RunKeeper({
    store: new RunStore({ storage: folder === undefined ? memoryRunStorage() : folderRunStorage(folder), warn }),
    clock,
    randomText: () => randomBytes(3).toString('hex'),
    log: { warn },
    onChange: () => {
      rows = runsRows(keeper);
      changed.fire();
    },
  });
  const registrations = vscode.Disposable.from(
    changed,
    source.runWatcher.onDidCollect((collected) => {
      if (!source.runWatcher.replay) keeper.add(toSighting(collected, source));
    }),
    registerOnDemand(runCommands, async () => {
      const { registerRunCommands } = await import('./runCommands');
      return () => registerRunCommands(keeper);
    }),
  );
  void keeper.start();
  return {
    library: keeper,
    section: { rows: () => rows, onDidChange: changed.event },
    close: () => keeper.close(),
    dispose: () => void registrations.dispose(),
  };
}

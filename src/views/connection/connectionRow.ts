/** What the rows of the Connection view are made of. */
import type { Engine, Status, TargetReport } from '../../api';
import type { Round } from '../../collector/round';
import type { RunIntent } from '../../config/runIntent';
import type { SkyrlRelease } from '../../config/skyrlRelease';
import type { ScriptHint } from '../../discovery/scriptHints';
import type { TreeRow } from '../shared/treeRow';

/** What the connection report and the Connection view need of a config. */
export interface ConnectionConfig {
  /** The config in use. */
  active: { intent: RunIntent; broken: boolean; release: SkyrlRelease | undefined } | undefined;
  /** What it sets for its run, if it is a script. */
  hints?: readonly ScriptHint[];
  /** Its path in the workspace. */
  name: string;
  /** How many configs the workspace has. */
  candidates: number;
}

/** Everything that the rows show. */
export interface ConnectionFacts {
  status: Status;
  config: ConnectionConfig;
  /** The newest round; undefined before the first. */
  round: Round | undefined;
  targets: readonly TargetReport[];
  engines: readonly Engine[];
  timer: 'running' | 'stopped' | 'on command';
  intervalMs: number;
  ignoreHold: boolean;
  /** skyrl.proxy without credentials; empty if there is none. */
  clusterProxy: string;
  /** Unix ms. */
  now: number;
}

/** A row without children; the tooltip repeats label and description if it says nothing more. */
export const connectionRow = (
  id: string,
  label: string,
  description: string,
  icon: string,
  tooltip: string[] = [],
): TreeRow => ({
  id,
  label,
  description,
  tooltip: tooltip.length > 0 ? tooltip : [`${label}: ${description}`],
  icon: { name: icon },
  context: 'connection',
  children: [],
});

/** `12 kB`, by powers of 1000. */
export const formatKilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;

/** The config in use, as it was read last. */
import type * as vscode from 'vscode';
import { configFindings } from '../../config/findings';
import { resolveIntent, type RunIntent } from '../../config/runIntent';
import type { SkyrlRelease } from '../../config/skyrlRelease';
import type { ConfigFinding, RunConfig } from '../../config/types';
import { readConfigFile } from './configFiles';
import { readProjectRelease } from './projectRelease';

/** A file with its config, its findings, and what it means for metrics. */
export interface ActiveConfig {
  uri: vscode.Uri;
  /** The last one that could be read: an edit that breaks the file keeps it. */
  config: RunConfig | undefined;
  intent: RunIntent;
  /** In the order of their lines. */
  findings: ConfigFinding[];
  /** The file cannot be read as a config now; `config` is from before. */
  broken: boolean;
  /** The release of SkyRL in use; undefined if no file says it. */
  release: SkyrlRelease | undefined;
}

/**
 * Reads a file as the config in use; if it is broken, the config of its last good reading stays. Rejects if there is no
 * such file.
 */
export async function readActiveConfig(uri: vscode.Uri, lastGood: RunConfig | undefined): Promise<ActiveConfig> {
  const [reading, release] = await Promise.all([readConfigFile(uri), readProjectRelease(uri)]);
  const config = reading.config ?? lastGood;
  const findings = reading.config
    ? [...reading.config.findings, ...configFindings(reading.config, process.env, release?.release)]
    : reading.findings;
  return {
    uri,
    config,
    intent: resolveIntent(config, process.env, release?.release),
    findings: findings.sort((one, other) => one.range.startLine - other.range.startLine),
    broken: !reading.config,
    release,
  };
}

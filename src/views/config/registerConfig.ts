/**
 * Registers what concerns the config in use: its findings, quick fixes, the effective config, commands, and flags that
 * did not engage.
 */
import * as vscode from 'vscode';
import type { ConfigDrift } from '../../generation/configDrift';
import { setContext } from '../shared/contextKeys';
import type { TreeSection } from '../shared/treeRow';
import { registerConfigCommands } from './configCommands';
import { ConfigDiagnostics } from './configDiagnostics';
import { ConfigDriftDiagnostics } from './configDriftDiagnostics';
import { configDriftRows } from './configDriftRows';
import { endConfigReading } from '../shared/configReading';
import type { Configs } from './configs';
import { registerEffectiveConfigDocument } from './effectiveConfigDocument';
import { registerQuickFixes } from './quickFixes';

/** What the engines run with, compared with what the config asks for. */
export interface ConfigDriftSource {
  readonly configDrift: readonly ConfigDrift[];
  readonly onDidChange: vscode.Event<void>;
}

/** What the feature needs. */
export interface ConfigFeatureDeps {
  configs: Configs;
  driftSource: ConfigDriftSource;
}

/** What other features use of this one. */
export interface ConfigFeature extends vscode.Disposable {
  /** Flags that did not engage, for the metrics tree. */
  driftSection: TreeSection;
}

/** Registers the feature; `configs` itself belongs to the caller. */
export function registerConfig({ configs, driftSource }: ConfigFeatureDeps): ConfigFeature {
  const driftDiagnostics = new ConfigDriftDiagnostics();
  const updateContext = (): void => setContext('hasConfig', configs.activeConfig !== undefined);
  const registrations = vscode.Disposable.from(
    new ConfigDiagnostics(configs),
    driftDiagnostics,
    driftSource.onDidChange(() => driftDiagnostics.show(configs.activeConfig?.uri, driftSource.configDrift)),
    registerConfigCommands(configs),
    registerEffectiveConfigDocument(configs),
    registerQuickFixes(),
    configs.onDidChange(updateContext),
    { dispose: endConfigReading },
  );
  updateContext();
  return {
    driftSection: { rows: () => configDriftRows(driftSource.configDrift), onDidChange: driftSource.onDidChange },
    dispose: () => void registrations.dispose(),
  };
}

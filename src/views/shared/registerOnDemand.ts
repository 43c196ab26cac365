/** Features that are loaded with their first command: most VS Code windows need none of them. */
import * as vscode from 'vscode';
import { loadOnce } from '../../shared/loadOnce';

/** A feature that is registered when it is first needed. */
export interface OnDemand<Feature extends vscode.Disposable> extends vscode.Disposable {
  /** Loads and registers the feature if that has not been done. Rejects with words for a person, and after disposal. */
  load(): Promise<Feature>;
}

/**
 * Registers placeholders of commands; the first that is run loads the feature, which registers the commands itself.
 * `load` imports the feature and resolves to what registers it. Disposing of the result disposes of the feature too,
 * also if it is being loaded.
 */
export function registerOnDemand<Feature extends vscode.Disposable>(
  commands: readonly string[],
  load: () => Promise<() => Feature>,
): OnDemand<Feature> {
  let feature: Feature | undefined;
  let isDisposed = false;
  const imported = loadOnce(load);
  const loadFeature = async (): Promise<Feature> => {
    const register = await imported();
    if (isDisposed) throw new Error('SkyRL Metrics has been stopped.');
    if (!feature) {
      placeholders.dispose();
      feature = register();
    }
    return feature;
  };
  const placeholders = vscode.Disposable.from(
    ...commands.map((id) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        await loadFeature();
        return vscode.commands.executeCommand(id, ...args);
      }),
    ),
  );
  return {
    load: loadFeature,
    dispose: () => {
      isDisposed = true;
      placeholders.dispose();
      feature?.dispose();
    },
  };
}

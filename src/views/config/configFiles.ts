/** Files that are or may be SkyRL configs, as the workspace has them. */
import * as vscode from 'vscode';
import { createClassifier } from '../../config/classify';
import { readConfig } from '../../config/readConfig';
import { sortByLikelihood, type SearchResult, type Classification } from '../../config/findConfigs';
import type { ConfigReading } from '../../config/types';
import { readBytes, searchWorkspace } from './workspaceFiles';

/** Reads a file’s text: edits that are not saved yet, else what is on disk. */
async function readText(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  // An editor without edits of its own follows the disk, and follows it late.
  return open?.isDirty === true || open?.isUntitled === true
    ? open.getText()
    : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** A config file of any kind as it is now, whether in use or not. Rejects where the file cannot be read. */
export async function readConfigFile(uri: vscode.Uri): Promise<ConfigReading> {
  return readConfig(await readText(uri), { file: uri.fsPath, environment: process.env });
}

const classifyFile = createClassifier(process.env);

/** The candidates of this workspace: what the search found, kept true by single files that come, change and go. */
export class ConfigFiles {
  private readonly verdicts = new Map<string, { uri: vscode.Uri; verdict: Classification }>();

  /** Likelier ones first. A config in the middle of an edit is still the one that is meant where there is no other. */
  get candidates(): vscode.Uri[] {
    const all = [...this.verdicts.values()];
    const good = all.filter(({ verdict }) => verdict === 'config');
    const byPath = new Map((good.length > 0 ? good : all).map(({ uri }) => [uri.fsPath, uri]));
    return sortByLikelihood([...byPath.keys()]).flatMap((path) => byPath.get(path) ?? []);
  }

  /** Looks at the whole workspace, in slices. */
  async search(signal: AbortSignal, token: vscode.CancellationToken): Promise<SearchResult> {
    const { result, byPath } = await searchWorkspace(classifyFile, signal, token);
    if (signal.aborted) return result;
    this.verdicts.clear();
    for (const [paths, verdict] of [
      [result.configs, 'config'],
      [result.unreadable, 'unreadable'],
    ] as const) {
      for (const path of paths) {
        const uri = byPath.get(path);
        if (uri) this.verdicts.set(path, { uri, verdict });
      }
    }
    return result;
  }

  /** Looks at one file again. */
  async classify(uri: vscode.Uri): Promise<void> {
    const bytes = await readBytes(uri.fsPath).catch(() => undefined);
    const verdict = bytes ? (await classifyFile(uri.fsPath, bytes)).classification : 'other';
    if (verdict === 'other') this.verdicts.delete(uri.fsPath);
    else this.verdicts.set(uri.fsPath, { uri, verdict });
  }

  /** Forgets what stood in a folder that is gone; true where something did. */
  forgetFolder({ path }: vscode.Uri): boolean {
    const gone = [...this.verdicts].filter(([, { uri }]) => uri.path.startsWith(`${path}/`));
    for (const [key] of gone) this.verdicts.delete(key);
    return gone.length > 0;
  }
}

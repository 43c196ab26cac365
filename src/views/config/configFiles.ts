/** Files of the workspace that are or may be SkyRL configs. */
import * as vscode from 'vscode';
import { createClassifier } from '../../config/classify';
import { sortByLikelihood, type Classification, type SearchResult } from '../../config/findConfigs';
import { maxConfigLength } from '../../config/configFormat';
import type { ConfigReading } from '../../config/types';
import { readRegularFileChunks } from '../../shared/readRegularFile';
import { readConfigText } from '../shared/configReading';
import { nameInWorkspace, readBytes, searchWorkspace } from './workspaceFiles';

/** The beginning of a file that is longer than a config. */
const maxBytes = 4 * (maxConfigLength + 1);

/** The text of a file of this machine, whose pipes and devices must not be waited for. */
async function readFileText(file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readRegularFileChunks(file, { maxBytes: Infinity })) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= maxBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** A file's text: unsaved edits if there are any, else the text on disk, of which reading a config needs only so much. */
async function readText(uri: vscode.Uri): Promise<string> {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  // A document without edits may still have the text from before the last change on disk.
  if (document?.isDirty === true || document?.isUntitled === true) return document.getText();
  return uri.scheme === 'file'
    ? readFileText(uri.fsPath)
    : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** A config of any format as it is now. Rejects if the file cannot be read. */
export async function readConfigFile(uri: vscode.Uri): Promise<ConfigReading> {
  return readConfigText(await readText(uri), { file: uri.fsPath, environment: process.env });
}

const classifyFile = createClassifier(readConfigText, process.env);

/** The candidates of this workspace: what the search found, kept up to date file by file. */
export class ConfigFiles {
  private readonly classified = new Map<string, { uri: vscode.Uri; classification: Classification }>();

  /** The likelier ones first. A config that an edit has broken is a candidate only if there is no other. */
  get candidates(): vscode.Uri[] {
    const files = [...this.classified.values()];
    const configs = files.filter(({ classification }) => classification === 'config');
    const byPath = new Map((configs.length > 0 ? configs : files).map(({ uri }) => [uri.fsPath, uri]));
    const nameOf = (path: string): string => nameInWorkspace(byPath.get(path) ?? vscode.Uri.file(path));
    return sortByLikelihood([...byPath.keys()], nameOf).flatMap((path) => byPath.get(path) ?? []);
  }

  /** Classifies the files of the whole workspace, in slices. */
  async search(signal: AbortSignal, token: vscode.CancellationToken): Promise<SearchResult> {
    const { result, byPath } = await searchWorkspace(classifyFile, signal, token);
    if (signal.aborted) return result;
    this.classified.clear();
    for (const [paths, classification] of [
      [result.configs, 'config'],
      [result.unreadable, 'unreadable'],
    ] as const) {
      for (const path of paths) {
        const uri = byPath.get(path);
        if (uri) this.classified.set(path, { uri, classification });
      }
    }
    return result;
  }

  /** Classifies one file again, after it was created, changed or deleted. */
  async classify(uri: vscode.Uri): Promise<void> {
    const bytes = await readBytes(uri.fsPath).catch(() => undefined);
    const classification = bytes ? (await classifyFile(uri.fsPath, bytes)).classification : 'other';
    if (classification === 'other') this.classified.delete(uri.fsPath);
    else this.classified.set(uri.fsPath, { uri, classification });
  }

  /** Removes the files of a deleted folder; true if it had any. */
  forgetFolder({ path }: vscode.Uri): boolean {
    const deleted = [...this.classified].filter(([, { uri }]) => uri.path.startsWith(`${path}/`));
    for (const [key] of deleted) this.classified.delete(key);
    return deleted.length > 0;
  }
}

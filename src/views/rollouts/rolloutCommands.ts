/** The commands of rollouts. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import type { Rollout } from '../../shared/rollout';
import { rolloutCsv, rolloutJsonLines, rolloutMarkdown } from '../../shared/rolloutExport';
import type { RolloutExport } from '../../shared/rolloutProtocol';
import { registerCommandTable } from '../shared/commandTable';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import { toUri, type UriLike } from '../shared/toUri';
import { writeLines } from '../shared/writeLines';
import { showError } from '../shared/messages';

/** What the commands work on. */
export interface RolloutCommandDeps {
  /** Oldest first. */
  rollouts: () => readonly Rollout[];
  /** Shows the page. */
  open: () => void;
}

type FileFormat = Exclude<RolloutExport, 'markdown'>;

interface ExportOptions {
  /** Default: `csv`. */
  format?: FileFormat;
  uri?: UriLike;
}

const formats: Record<FileFormat, { label: string; linesOf: (rollouts: readonly Rollout[]) => Iterable<string> }> = {
  csv: { label: 'CSV', linesOf: rolloutCsv },
  jsonl: { label: 'JSON Lines', linesOf: rolloutJsonLines },
};

async function pickFormat(): Promise<FileFormat | undefined> {
  const items = (Object.keys(formats) as FileFormat[]).map((format) => ({ label: formats[format].label, format }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Select a format for the rollouts' }))?.format;
}

function pickFile(format: FileFormat): Thenable<vscode.Uri | undefined> {
  const name = `skyrl-rollouts-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    filters: { [formats[format].label]: [format] },
    title: 'Save Rollouts',
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}

/** Writes all rollouts and steps into a file; resolves to it, to undefined if the person cancelled. */
async function exportRollouts(rollouts: readonly Rollout[], options?: ExportOptions): Promise<vscode.Uri | undefined> {
  const format = options ? (options.format ?? 'csv') : await pickFormat();
  if (!format) return undefined;
  if (!Object.hasOwn(formats, format)) throw new Error('Rollouts are saved as csv or jsonl.');
  const uri = options?.uri === undefined ? await pickFile(format) : toUri(options.uri);
  if (!uri) return undefined;
  await writeLines(uri, formats[format].linesOf(rollouts));
  return uri;
}

/** Copies the table of one kind; resolves to its text. */
async function copyRollouts(rollouts: readonly Rollout[], kind?: Rollout['kind']): Promise<string> {
  const shownKind = kind ?? (rollouts.some((rollout) => rollout.kind === 'rollout') ? 'rollout' : 'step');
  const text = rolloutMarkdown(rollouts, shownKind);
  await vscode.env.clipboard.writeText(text);
  return text;
}

/** Does what a person at the page asked for, and shows what goes wrong. */
export async function takeRollouts(
  what: RolloutExport,
  rollouts: readonly Rollout[],
  kind: Rollout['kind'],
): Promise<void> {
  try {
    if (what !== 'markdown') await exportRollouts(rollouts, { format: what });
    else {
      await copyRollouts(rollouts, kind);
      vscode.window.setStatusBarMessage('Copied the rollouts as Markdown', 3000);
    }
  } catch (error) {
    void showError(`The rollouts could not be saved: ${errorText(error)}`);
  }
}

/** Registers the commands. */
export const registerRolloutCommands = ({ rollouts, open }: RolloutCommandDeps): vscode.Disposable =>
  registerCommandTable({
    [commandIds.showRollouts]: (): { rollouts: readonly Rollout[] } => {
      open();
      return { rollouts: rollouts() };
    },
    [commandIds.exportRollouts]: (options?: ExportOptions) => exportRollouts(rollouts(), options),
    [commandIds.copyRollouts]: (options?: { kind?: Rollout['kind'] }) => copyRollouts(rollouts(), options?.kind),
  });

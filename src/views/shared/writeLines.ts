/** Writing many lines into a file, in pieces and in slices, without having them all in memory. */
import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { joinLines } from '../../shared/joinLines';

/**
 * The largest file that is written elsewhere than on this machine: VS Code's interface for those takes the file as a
 * whole.
 */
const maxRemoteBytes = 32 * 2 ** 20;

/** The bytes of all lines. Rejects if they are too many for a file that is not on this machine. */
async function collectBytes(pieces: AsyncIterable<string>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    const more = Buffer.from(piece);
    bytes += more.length;
    if (bytes > maxRemoteBytes)
      throw new Error(
        `it has over ${maxRemoteBytes / 2 ** 20} MiB, which only a folder of this machine can take. Choose a file there, or less data.`,
      );
    all.push(more);
  }
  return Buffer.concat(all);
}

/**
 * Writes lines, which end with their own line breaks. Rejects if it fails, and with a CancellationError if it is
 * cancelled, and then deletes the incomplete file.
 */
export async function writeLines(
  uri: vscode.Uri,
  lines: Iterable<string>,
  token?: vscode.CancellationToken,
): Promise<void> {
  const pieces = joinLines(lines, () => {
    if (token?.isCancellationRequested) throw new vscode.CancellationError();
  });
  if (uri.scheme !== 'file') return vscode.workspace.fs.writeFile(uri, await collectBytes(pieces));
  try {
    const file = await open(uri.fsPath, 'w');
    try {
      for await (const piece of pieces) await file.write(piece);
    } finally {
      await file.close();
    }
  } catch (error) {
    await Promise.resolve(vscode.workspace.fs.delete(uri)).catch(() => undefined);
    throw error;
  }
}

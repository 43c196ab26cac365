/** Writing many lines into a file without having them all in memory. */
import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { yieldToEventLoop } from '../../shared/timeSlice';

/** Lines are written in chunks of about this many characters. */
const chunkLength = 1 << 18;

/** Joins lines to chunks; rejects with a CancellationError if it is cancelled. */
async function* joinToChunks(lines: Iterable<string>, token: vscode.CancellationToken): AsyncGenerator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = '';
    await yieldToEventLoop();
    if (token.isCancellationRequested) throw new vscode.CancellationError();
  }
  yield chunk;
}

/**
 * Writes lines, which end with their own line breaks. Rejects if it fails or is cancelled, and then deletes the
 * incomplete file.
 */
export async function writeLines(
  uri: vscode.Uri,
  lines: Iterable<string>,
  token: vscode.CancellationToken,
): Promise<void> {
  const chunks = joinToChunks(lines, token);
  if (uri.scheme !== 'file') {
    const all: string[] = [];
    for await (const chunk of chunks) all.push(chunk);
    return vscode.workspace.fs.writeFile(uri, Buffer.from(all.join('')));
  }
  try {
    const file = await open(uri.fsPath, 'w');
    try {
      for await (const chunk of chunks) await file.write(chunk);
    } finally {
      await file.close();
    }
  } catch (error) {
    await Promise.resolve(vscode.workspace.fs.delete(uri)).catch(() => undefined);
    throw error;
  }
}

/** The one conversion of a command's argument to a Uri. */
import path from 'node:path';
import * as vscode from 'vscode';

/** How commands take a file, folder or document: as a Uri, as its text, or as an absolute path. */
export type UriLike = vscode.Uri | string;

/**
 * The Uri that a command's argument names. Throws if the text is neither an absolute path nor has a scheme: what a
 * relative path is relative to would be a guess.
 */
export function toUri(given: UriLike): vscode.Uri {
  if (typeof given !== 'string') return given;
  return path.isAbsolute(given) ? vscode.Uri.file(given) : vscode.Uri.parse(given, true);
}

/** The path of a folder of this machine that an argument names. Throws for one that is elsewhere. */
export function toFolderPath(given: UriLike): string {
  const uri = toUri(given);
  if (uri.scheme !== 'file') throw new Error('The folder is not on this machine. Name one by its absolute path.');
  return uri.fsPath;
}

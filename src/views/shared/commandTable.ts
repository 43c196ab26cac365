/** Commands registered as a table, and how a handler tells a click from a call. */
import * as vscode from 'vscode';
import type { CommandId } from './ids';
import type { TreeRow } from './treeRow';

/** Handlers by command ID. Menus, keybindings and other extensions choose the arguments. */
export type CommandTable = Partial<Record<CommandId, (...args: never[]) => unknown>>;

/** Registers every command of the table; disposing of the result unregisters them. */
export function registerCommandTable(table: CommandTable): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(table).map(([id, handler]) => vscode.commands.registerCommand(id, handler)),
  );
}

/** Whether a command's argument is the tree row whose inline button or menu ran it. */
export function isTreeRow<Options extends object>(argument: TreeRow | Options | undefined): argument is TreeRow {
  return argument !== undefined && 'children' in argument;
}

/**
 * Whether a person ran the command: then it may ask questions and show messages. Given an options object it may not.
 */
export const isInteractive = (argument: TreeRow | object | undefined): boolean =>
  argument === undefined || isTreeRow(argument);

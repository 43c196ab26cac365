/** Commands registered as a table, and how a handler tells a click from a call. */
import * as vscode from 'vscode';
import { checkArgument, takesArgument } from './commandArguments';
import type { CommandId } from './ids';
import { escapeError } from './messages';
import type { TreeRow } from './treeRow';

/** Handlers by command ID. Menus, keybindings and other extensions choose the arguments. */
export type CommandTable = Partial<Record<CommandId, (...args: never[]) => unknown>>;

/**
 * Registers every command of the table, each with a checked argument; disposing of the result unregisters them. A
 * command rejects for an argument that it does not take.
 */
export function registerCommandTable(table: CommandTable): vscode.Disposable {
  return vscode.Disposable.from(
    ...(Object.entries(table) as [CommandId, (argument: object | undefined) => unknown][]).map(([id, handler]) => {
      // The argument would be lost without a word.
      if (handler.length > 0 && !takesArgument(id)) throw new Error(`commandArguments.ts has no options of ${id}`);
      return vscode.commands.registerCommand(id, async (argument: unknown) => {
        try {
          return await handler(checkArgument(id, argument));
        } catch (error) {
          escapeError(error);
          throw error;
        }
      });
    }),
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

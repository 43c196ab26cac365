/** Context keys, set only when their value changes. */
import * as vscode from 'vscode';
import { contextKeys } from './ids';

const lastValues = new Map<keyof typeof contextKeys, unknown>();

/** Sets a context key that `when` clauses of the manifest read. */
export function setContext(name: keyof typeof contextKeys, value: string | boolean): void {
  if (lastValues.get(name) === value) return;
  lastValues.set(name, value);
  void vscode.commands.executeCommand('setContext', contextKeys[name], value);
}

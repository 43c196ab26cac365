/**
 * Messages to a person, with untrusted text in them shown as text: VS Code makes links of `[text](link)` in a message, in
 * the title of a progress and in the error of a command, and a click on such a link runs any command.
 */
import * as vscode from 'vscode';

/** The text without links. */
export const escapeMessage = (text: string): string => text.replaceAll('](', '] (');

type Buttons<Button extends string> = Button[] | [vscode.MessageOptions, ...Button[]];
/** Shows a message; resolves to the button that was chosen, to undefined if the message was closed. */
type ShowMessage = <Button extends string>(
  message: string,
  ...buttons: Buttons<Button>
) => Thenable<Button | undefined>;

export const showError: ShowMessage = (message, ...buttons) =>
  vscode.window.showErrorMessage(escapeMessage(message), ...(buttons as never[]));

export const showWarning: ShowMessage = (message, ...buttons) =>
  vscode.window.showWarningMessage(escapeMessage(message), ...(buttons as never[]));

export const showInformation: ShowMessage = (message, ...buttons) =>
  vscode.window.showInformationMessage(escapeMessage(message), ...(buttons as never[]));

/** Removes the links from the message of an error that a command throws, which VS Code shows. */
export function escapeError(error: unknown): void {
  if (error instanceof Error) error.message = escapeMessage(error.message);
}

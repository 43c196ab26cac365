/** Markdown of completions and hovers. */
import * as vscode from 'vscode';
import { promqlLanguageId } from './promqlLanguageId';

/** Untrusted help as text, without markup and links. */
export const helpMarkdown = (text: string): vscode.MarkdownString => new vscode.MarkdownString().appendText(text);

/** PromQL as a highlighted code block. */
export const codeMarkdown = (text: string): vscode.MarkdownString =>
  new vscode.MarkdownString().appendCodeblock(text, promqlLanguageId);

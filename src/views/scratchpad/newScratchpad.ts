/** `SkyRL: New PromQL Scratchpad`, and adding a query to a pad. */
import * as vscode from 'vscode';
import { blocksOf } from '../../promql/queryBlocks';
import { spellPromql, type Reporter } from '../../metrics/spellPromql';
import { promqlLanguageId } from './promqlLanguageId';

const template = `# PromQL scratchpad
# Ctrl+Enter runs the query at the cursor, Ctrl+Shift+Enter plots it. Blank lines separate queries.

# How full is the fullest engine's KV cache?
max(ray_vllm_kv_cache_usage_perc)

# Output tokens per second, over all engines.
sum(rate(ray_vllm_generation_tokens_total[$__rate_interval]))

# 95 % of first tokens came within…
histogram_quantile(0.95, sum by (le) (rate(ray_vllm_time_to_first_token_seconds_bucket[$__rate_interval])))
`;

/**
 * Opens an untitled pad with a query, else with examples in the names of a reporter, with the cursor on the first query;
 * resolves to its Uri.
 */
export async function newScratchpad(
  options: { query?: string } | undefined,
  reporter: Reporter = 'ray',
): Promise<vscode.Uri> {
  const document = await vscode.workspace.openTextDocument({
    language: promqlLanguageId,
    content: options?.query ?? spellPromql(template, reporter),
  });
  const editor = await vscode.window.showTextDocument(document);
  const firstBlock = blocksOf(document.getText())[0];
  if (firstBlock) editor.selection = new vscode.Selection(firstBlock.queryLine, 0, firstBlock.queryLine, 0);
  return document.uri;
}

/** Appends a query to the active pad, or opens a new one with it; resolves to the pad's Uri. */
export async function insertQuery(query: string): Promise<vscode.Uri> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== promqlLanguageId) return newScratchpad({ query: `${query}\n` });
  const { document } = editor;
  const text = document.getText();
  const separator = text.trim() === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n';
  await editor.edit((edit) => edit.insert(document.positionAt(text.length), `${separator}${query}\n`));
  const lastBlock = blocksOf(document.getText()).at(-1);
  if (lastBlock) {
    editor.selection = new vscode.Selection(lastBlock.queryLine, 0, lastBlock.queryLine, 0);
    editor.revealRange(editor.selection);
  }
  return document.uri;
}

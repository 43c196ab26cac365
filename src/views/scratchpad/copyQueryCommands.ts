/** The commands that take a query elsewhere: as a curl command line, and to Prometheus's own page. */
import * as vscode from 'vscode';
import { toPrometheusError } from '../../prometheus/errors';
import { externalBase, pageUrl } from '../../prometheus/prometheusUrl';
import { curl } from '../../promql/curl';
import { bareQuery, blockAt, blocksOf } from '../../promql/queryBlocks';
import { resolveRange } from '../../promql/timing';
import { substitute } from '../../promql/variables';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import { findPad, toPadOptions, type PadArgument, type PadOptions } from './padOptions';
import type { ScratchpadResults } from './scratchpadResults';
import type { Scratchpads } from './scratchpads';
import { showWarning } from '../shared/messages';

/** What the commands work on. */
export interface CopyQueryDeps {
  pads: Scratchpads;
  results: ScratchpadResults;
  prometheus: PrometheusConnection;
  /** Unix ms. */
  now: () => number;
}

interface CurlOptions extends PadOptions {
  /** The plot's query over its range, instead of the query at one time. */
  range?: boolean;
}

interface ResolvedQuery {
  pad: vscode.TextDocument;
  /** With the values of its variables, its comments and line ends. */
  query: string;
  scrapeIntervalMs: number;
}

async function resolveQuery({ pads, results }: CopyQueryDeps, options: PadOptions): Promise<ResolvedQuery | undefined> {
  const position = await findPad(results, options);
  const block = position && blockAt(blocksOf(position.pad.getText()), position.line);
  if (!block) return undefined;
  const { pad } = position;
  const context = await pads.loadVariables(pad.uri);
  const query = substitute(block.text, context).text.trim();
  return { pad, query, scrapeIntervalMs: context.scrapeIntervalMs };
}

/** Copies the command line and resolves to it; to undefined without a query or a Prometheus. */
async function copyCurl(deps: CopyQueryDeps, options: CurlOptions): Promise<string | undefined> {
  const { pads, prometheus, now } = deps;
  const resolved = await resolveQuery(deps, options);
  if (!resolved) return undefined;
  try {
    const { base, prefersGet } = prometheus.client();
    const timing = pads.timingOf(resolved.pad.uri);
    const credentials = await prometheus.credentials(base);
    const text = curl({
      base,
      query: bareQuery(resolved.query),
      at: timing.at,
      headers: prometheus.headers,
      auth: credentials?.kind,
      get: prefersGet,
      range: options.range === true ? resolveRange(timing, resolved.scrapeIntervalMs, now()) : undefined,
    });
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(credentials ? 'Copied. Set PROM_TOKEN in your shell.' : 'Copied', 4000);
    return text;
  } catch (error) {
    showError(error);
    return undefined;
  }
}

/** The base as the person's browser can reach it: a port of a remote machine is forwarded. */
async function toExternalBase(base: string): Promise<string> {
  const external = await vscode.env.asExternalUri(vscode.Uri.parse(new URL(base).origin, true));
  return externalBase(base, external.toString());
}

async function openInPrometheus(deps: CopyQueryDeps, options: PadOptions): Promise<void> {
  const resolved = await resolveQuery(deps, options);
  if (!resolved) return;
  try {
    const { at } = deps.pads.timingOf(resolved.pad.uri);
    const base = await toExternalBase(deps.prometheus.client().base);
    // Not `openExternal`: it decodes the query of a Uri, and encodes only a part of it again.
    await vscode.commands.executeCommand('vscode.open', pageUrl(base, resolved.query, { at }));
  } catch (error) {
    showError(error);
  }
}

/** Says why nothing was done, and what to do about it. */
function showError(error: unknown): void {
  const { message, advice } = toPrometheusError(error);
  void showWarning([message, advice].filter(Boolean).join(' '));
}

/** Registers the commands. */
export function registerCopyQueryCommands(deps: CopyQueryDeps): vscode.Disposable {
  return registerCommandTable({
    [commandIds.copyCurl]: (argument?: PadArgument<CurlOptions>) => copyCurl(deps, toPadOptions(argument)),
    [commandIds.openInPrometheus]: (argument?: PadArgument) => openInPrometheus(deps, toPadOptions(argument)),
  });
}

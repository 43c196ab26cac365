/** Scratchpads at work: which block is asked, with which variables, when, and what came of it. */
import * as vscode from 'vscode';
import type { QueryResponse } from '../../prometheus/client';
import { toPrometheusError, type PrometheusError } from '../../prometheus/errors';
import { blockAt, blocksOf, type QueryBlock } from '../../promql/queryBlocks';
import { defaultTiming, resolveRange, resolveStep, type Timing } from '../../promql/timing';
import type { ExecutedQuery } from '../../promql/result';
import { unitOf } from '../../promql/unit';
import type { RunFacts } from '../../promql/runFacts';
import { substitute, type Substitution, type VariableContext } from '../../promql/variables';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import type { ScratchpadResults } from './scratchpadResults';

export const promqlLanguageId = 'promql';
/** Where the server does not say how often it scrapes: Prometheus's own usual. */
const defaultScrapeIntervalMs = 15_000;

export type QueryMode = 'run' | 'plot';

/** A query under way. */
export interface RunningQuery {
  mode: QueryMode;
  /** First line of the block when it began. */
  line: number;
  since: number;
  abort: AbortController;
}

/** What a run ended with. */
export interface FinishedQuery {
  pad: vscode.TextDocument;
  block: QueryBlock;
  substitution: Substitution;
  executedQuery: ExecutedQuery;
  answer?: QueryResponse;
  error?: PrometheusError;
}

export class Scratchpads implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly ended = new vscode.EventEmitter<FinishedQuery>();
  private readonly timings = new Map<string, Timing>();
  private readonly runningQueries = new Map<string, RunningQuery>();

  /** Something a lens shows has changed. */
  readonly onDidChange = this.changed.event;
  readonly onDidEnd = this.ended.event;

  constructor(
    private readonly prometheus: PrometheusConnection,
    private readonly results: ScratchpadResults,
    private readonly runFacts: () => RunFacts,
    private readonly now: () => number,
  ) {}

  timingOf(pad: vscode.Uri): Timing {
    return this.timings.get(pad.toString()) ?? defaultTiming;
  }

  setTiming(pad: vscode.Uri, timing: Timing): void {
    this.timings.set(pad.toString(), timing);
    this.changed.fire();
  }

  runningQuery(pad: vscode.Uri): RunningQuery | undefined {
    return this.runningQueries.get(pad.toString());
  }

  get isRunning(): boolean {
    return this.runningQueries.size > 0;
  }

  /** What the variables of a pad stand for; asks the server once how often it scrapes. */
  async loadVariables(pad: vscode.Uri): Promise<VariableContext> {
    await this.prometheus.scrapeIntervalMs();
    return this.currentVariables(pad);
  }

  /** The same by what is known already: for what must not wait for a server. */
  currentVariables(pad: vscode.Uri): VariableContext {
    const scrapeIntervalMs = this.prometheus.knownIntervalMs ?? defaultScrapeIntervalMs;
    const timing = this.timingOf(pad);
    return {
      scrapeIntervalMs,
      stepMs: resolveStep(timing, scrapeIntervalMs),
      rangeMs: timing.rangeMs,
      ...this.runFacts(),
    };
  }

  /** Asks for the block at a line; one that is under way in this pad is cancelled. Undefined: there is no query. */
  async runQuery(pad: vscode.TextDocument, line: number, mode: QueryMode): Promise<FinishedQuery | undefined> {
    const block = blockAt(blocksOf(pad.getText()), line);
    if (!block) return undefined;
    const key = pad.uri.toString();
    this.runningQueries.get(key)?.abort.abort();
    const running: RunningQuery = { mode, line: block.startLine, since: this.now(), abort: new AbortController() };
    this.runningQueries.set(key, running);
    this.changed.fire();
    try {
      return await this.executeQuery(pad, block, running);
    } finally {
      if (this.runningQueries.get(key) === running) this.runningQueries.delete(key);
      this.changed.fire();
    }
  }

  /** Cancels what runs in a pad, or everywhere. */
  cancel(pad?: vscode.Uri): void {
    const wanted = pad ? [this.runningQueries.get(pad.toString())] : [...this.runningQueries.values()];
    for (const running of wanted) running?.abort.abort();
  }

  dispose(): void {
    this.cancel();
    this.changed.dispose();
    this.ended.dispose();
  }

  private async executeQuery(
    pad: vscode.TextDocument,
    block: QueryBlock,
    running: RunningQuery,
  ): Promise<FinishedQuery> {
    const { signal } = running.abort;
    const result = this.results.uriOf(pad);
    const context = await this.loadVariables(pad.uri);
    const timing = this.timingOf(pad.uri);
    const now = this.now();
    const range = running.mode === 'plot' ? resolveRange(timing, context.scrapeIntervalMs, now) : undefined;
    const substitution = substitute(block.text, context);
    const asked: ExecutedQuery = {
      query: block.text,
      sentQuery: substitution.text,
      variables: substitution.usedVariables,
      base: this.prometheus.clientIfAny?.base ?? '',
      at: range?.to ?? timing.at ?? now,
      range,
      unit: unitOf(block.text),
    };
    const show = (outcome: Parameters<ScratchpadResults['set']>[1]['outcome']): void => {
      // A later run of this pad has the document now.
      if (this.runningQueries.get(pad.uri.toString()) === running)
        this.results.set(result, { executedQuery: asked, outcome });
    };
    show({ kind: 'running' });
    const end: FinishedQuery = { pad, block, substitution, executedQuery: asked };
    try {
      const client = this.prometheus.client();
      end.answer = range
        ? await client.queryRange(substitution.text, range, signal)
        : await client.query(substitution.text, asked.at, signal);
      show({ kind: 'answer', answer: end.answer });
    } catch (error) {
      end.error = toPrometheusError(error);
      show({ kind: 'error', error: end.error });
    }
    this.ended.fire(end);
    return end;
  }
}

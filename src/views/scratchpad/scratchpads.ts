/** Runs the queries of scratchpads: which block, with which variables, at which time, and what came of it. */
import * as vscode from 'vscode';
import type { QueryResponse } from '../../prometheus/client';
import { toPrometheusError, type PrometheusError } from '../../prometheus/errors';
import { blockAt, blocksOf, type QueryBlock } from '../../promql/queryBlocks';
import type { ExecutedQuery, Outcome } from '../../promql/result';
import type { RunFacts } from '../../promql/runFacts';
import { defaultTiming, resolveRange, resolveStep, type Timing } from '../../promql/timing';
import { substitute, type Substitution, type VariableContext } from '../../promql/variables';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { loadLanguage } from './loadLanguage';
import type { ScratchpadResults } from './scratchpadResults';

/** Assumed if the server does not say how often it scrapes; the usual interval of a Prometheus. */
const defaultScrapeIntervalMs = 15_000;

/** `plot` evaluates a query over the pad's range, `run` at its time. */
export type QueryMode = 'run' | 'plot';

/** A query that the server is answering. */
export interface RunningQuery {
  mode: QueryMode;
  /** First line of the block when it was started. */
  line: number;
  abort: AbortController;
}

/** A query with its answer or its error. */
export interface FinishedQuery {
  pad: vscode.TextDocument;
  block: QueryBlock;
  substitution: Substitution;
  executedQuery: ExecutedQuery;
  answer?: QueryResponse;
  error?: PrometheusError;
}

/** What queries are run with. */
export interface ScratchpadsDeps {
  prometheus: PrometheusConnection;
  results: ScratchpadResults;
  /** Values of the variables that name the run's session, nodes and engines. */
  runFacts: () => RunFacts;
  /** Unix ms. */
  now: () => number;
}

/** One running query for each pad, and the timing of each pad. */
export class Scratchpads implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly ended = new vscode.EventEmitter<FinishedQuery>();
  /** By the pad's Uri, as are the running queries: one a pad. */
  private readonly timings = new Map<string, Timing>();
  private readonly runningQueries = new Map<string, RunningQuery>();

  /** Fires when a timing changes, and when a query starts or ends. */
  readonly onDidChange = this.changed.event;
  readonly onDidEnd = this.ended.event;

  constructor(private readonly deps: ScratchpadsDeps) {}

  /** Time, range and step of a pad's queries. */
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

  /** Whether any pad runs a query. */
  get isRunning(): boolean {
    return this.runningQueries.size > 0;
  }

  /** The values of a pad's variables; asks the server once how often it scrapes. */
  async loadVariables(pad: vscode.Uri): Promise<VariableContext> {
    await this.deps.prometheus.scrapeIntervalMs();
    return this.currentVariables(pad);
  }

  /** The same without asking the server, for what must not wait. */
  currentVariables(pad: vscode.Uri): VariableContext {
    const scrapeIntervalMs = this.deps.prometheus.knownIntervalMs ?? defaultScrapeIntervalMs;
    const timing = this.timingOf(pad);
    return {
      scrapeIntervalMs,
      stepMs: resolveStep(timing, scrapeIntervalMs),
      rangeMs: timing.rangeMs,
      ...this.deps.runFacts(),
    };
  }

  /** Runs the block at a line, and cancels what runs in this pad. Resolves to undefined if there is no query. */
  async runQuery(pad: vscode.TextDocument, line: number, mode: QueryMode): Promise<FinishedQuery | undefined> {
    const block = blockAt(blocksOf(pad.getText()), line);
    if (!block) return undefined;
    const key = pad.uri.toString();
    this.runningQueries.get(key)?.abort.abort();
    const running: RunningQuery = { mode, line: block.startLine, abort: new AbortController() };
    this.runningQueries.set(key, running);
    this.changed.fire();
    try {
      return await this.executeQuery(pad, block, running);
    } finally {
      if (this.runningQueries.get(key) === running) this.runningQueries.delete(key);
      this.changed.fire();
    }
  }

  /** Cancels the query of a pad; without a pad, all queries. */
  cancel(pad?: vscode.Uri): void {
    const queries = pad ? [this.runningQueries.get(pad.toString())] : [...this.runningQueries.values()];
    for (const query of queries) query?.abort.abort();
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
    const { prometheus, results, now } = this.deps;
    const resultUri = results.uriOf(pad);
    const [context, { unitOf }] = await Promise.all([this.loadVariables(pad.uri), loadLanguage()]);
    const timing = this.timingOf(pad.uri);
    const startedAt = now();
    const range = running.mode === 'plot' ? resolveRange(timing, context.scrapeIntervalMs, startedAt) : undefined;
    const substitution = substitute(block.text, context);
    const executedQuery: ExecutedQuery = {
      query: block.text,
      sentQuery: substitution.text,
      variables: substitution.usedVariables,
      base: prometheus.clientIfAny?.base ?? '',
      at: range?.to ?? timing.at ?? startedAt,
      range,
      unit: unitOf(block.text),
    };
    const show = (outcome: Outcome): void => {
      // A query of this pad that was started later owns the result document.
      if (this.runningQueries.get(pad.uri.toString()) === running) results.set(resultUri, { executedQuery, outcome });
    };
    show({ kind: 'running' });
    const finished: FinishedQuery = { pad, block, substitution, executedQuery };
    try {
      const { signal } = running.abort;
      const client = prometheus.client();
      finished.answer = range
        ? await client.queryRange(substitution.text, range, signal)
        : await client.query(substitution.text, executedQuery.at, signal);
      show({ kind: 'answer', answer: finished.answer });
    } catch (error) {
      finished.error = toPrometheusError(error);
      show({ kind: 'error', error: finished.error });
    }
    this.ended.fire(finished);
    return finished;
  }
}

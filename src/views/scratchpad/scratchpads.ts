/** Scratchpads at work: which block is asked, with which variables, when, and what came of it. */
import * as vscode from 'vscode';
import type { QueryAnswer } from '../../prometheus/client';
import { toPrometheusError, type PrometheusError } from '../../prometheus/errors';
import { blockAt, blocksOf, type Block } from '../../promql/queryBlocks';
import { defaultTiming, rangeOf, stepOf, type Timing } from '../../promql/timing';
import type { Asked } from '../../promql/result';
import { unitOf } from '../../promql/unit';
import type { RunFacts } from '../../promql/runFacts';
import { substitute, type Substitution, type VariableContext } from '../../promql/variables';
import type { Prometheus } from '../connection/prometheusConnection';
import type { ScratchpadResults } from './scratchpadResults';

export const promqlId = 'promql';
/** Where the server does not say how often it scrapes: Prometheus's own usual. */
const usualScrapeMs = 15_000;

export type Mode = 'run' | 'plot';

/** A query under way. */
export interface Running {
  mode: Mode;
  /** First line of the block when it began. */
  line: number;
  since: number;
  abort: AbortController;
}

/** What a run ended with. */
export interface Ended {
  pad: vscode.TextDocument;
  block: Block;
  substitution: Substitution;
  asked: Asked;
  answer?: QueryAnswer;
  error?: PrometheusError;
}

export class Scratchpads implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly ended = new vscode.EventEmitter<Ended>();
  private readonly timings = new Map<string, Timing>();
  private readonly running = new Map<string, Running>();

  /** Something a lens shows has changed. */
  readonly onDidChange = this.changed.event;
  readonly onDidEnd = this.ended.event;

  constructor(
    private readonly prometheus: Prometheus,
    private readonly results: ScratchpadResults,
    private readonly facts: () => RunFacts,
    private readonly now: () => number,
  ) {}

  timing(pad: vscode.Uri): Timing {
    return this.timings.get(pad.toString()) ?? defaultTiming;
  }

  setTiming(pad: vscode.Uri, timing: Timing): void {
    this.timings.set(pad.toString(), timing);
    this.changed.fire();
  }

  runningIn(pad: vscode.Uri): Running | undefined {
    return this.running.get(pad.toString());
  }

  get isRunning(): boolean {
    return this.running.size > 0;
  }

  /** What the variables of a pad stand for; asks the server once how often it scrapes. */
  async variablesOf(pad: vscode.Uri): Promise<VariableContext> {
    await this.prometheus.scrapeIntervalMs();
    return this.variablesNow(pad);
  }

  /** The same by what is known already: for what must not wait for a server. */
  variablesNow(pad: vscode.Uri): VariableContext {
    const scrapeIntervalMs = this.prometheus.knownIntervalMs ?? usualScrapeMs;
    const timing = this.timing(pad);
    return { scrapeIntervalMs, stepMs: stepOf(timing, scrapeIntervalMs), rangeMs: timing.rangeMs, ...this.facts() };
  }

  /** Asks for the block at a line; one that is under way in this pad is cancelled. Undefined: there is no query. */
  async run(pad: vscode.TextDocument, line: number, mode: Mode): Promise<Ended | undefined> {
    const block = blockAt(blocksOf(pad.getText()), line);
    if (!block) return undefined;
    const key = pad.uri.toString();
    this.running.get(key)?.abort.abort();
    const running: Running = { mode, line: block.startLine, since: this.now(), abort: new AbortController() };
    this.running.set(key, running);
    this.changed.fire();
    try {
      return await this.ask(pad, block, running);
    } finally {
      if (this.running.get(key) === running) this.running.delete(key);
      this.changed.fire();
    }
  }

  /** Cancels what runs in a pad, or everywhere. */
  cancel(pad?: vscode.Uri): void {
    const wanted = pad ? [this.running.get(pad.toString())] : [...this.running.values()];
    for (const running of wanted) running?.abort.abort();
  }

  dispose(): void {
    this.cancel();
    this.changed.dispose();
    this.ended.dispose();
  }

  private async ask(pad: vscode.TextDocument, block: Block, running: Running): Promise<Ended> {
    const { signal } = running.abort;
    const result = this.results.uriOf(pad);
    const context = await this.variablesOf(pad.uri);
    const timing = this.timing(pad.uri);
    const now = this.now();
    const range = running.mode === 'plot' ? rangeOf(timing, context.scrapeIntervalMs, now) : undefined;
    const substitution = substitute(block.text, context);
    const asked: Asked = {
      query: block.text,
      sent: substitution.text,
      variables: substitution.used,
      base: this.prometheus.clientIfAny?.base ?? '',
      at: range?.to ?? timing.at ?? now,
      range,
      unit: unitOf(block.text),
    };
    const show = (outcome: Parameters<ScratchpadResults['set']>[1]['outcome']): void => {
      // A later run of this pad has the document now.
      if (this.running.get(pad.uri.toString()) === running) this.results.set(result, { asked, outcome });
    };
    show({ kind: 'running' });
    const end: Ended = { pad, block, substitution, asked };
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

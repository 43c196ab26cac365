/** What the server's parser says about queries, which overrules our own grammar. */
import { PrometheusError } from '../../prometheus/errors';
import type { PrometheusConnection } from '../connection/prometheusConnection';

/** Verdicts that are kept, by the query as it was sent. */
const maxVerdicts = 300;

/** An error of the query, or that the server accepts it. */
export type ServerVerdict = PrometheusError | 'valid';

/** Whether an error is about the query, and not about the server or the way to it. */
const isQueryError = (error: unknown): error is PrometheusError =>
  error instanceof PrometheusError && error.kind === 'bad-query';

/** Asks the server about each query once. */
export class ServerVerdicts {
  private readonly verdicts = new Map<string, ServerVerdict>();

  constructor(private readonly prometheus: PrometheusConnection) {}

  /** The verdict on a query as it is sent; undefined if none is known. */
  get(sentQuery: string): ServerVerdict | undefined {
    return this.verdicts.get(sentQuery);
  }

  /** Forgets all: another server may know another PromQL. */
  clear(): void {
    this.verdicts.clear();
  }

  /** Notes what running a query told; true if that is a verdict. */
  learn(sentQuery: string, outcome: { answer?: unknown; error?: PrometheusError }): boolean {
    if (outcome.answer) this.store(sentQuery, 'valid');
    else if (isQueryError(outcome.error)) this.store(sentQuery, outcome.error);
    else return false;
    return true;
  }

  /**
   * Asks the server about the queries without a verdict. False if it did not judge all of them, or if it is aborted.
   */
  async ask(sentQueries: readonly string[], signal: AbortSignal): Promise<boolean> {
    const client = this.prometheus.clientIfAny;
    if (!client) return false;
    for (const sentQuery of sentQueries) {
      if (this.verdicts.has(sentQuery)) continue;
      if (signal.aborted) return false;
      try {
        if ((await client.formatQuery(sentQuery, signal)) === undefined) return false;
        this.store(sentQuery, 'valid');
      } catch (error) {
        if (!isQueryError(error)) return false;
        this.store(sentQuery, error);
      }
    }
    return true;
  }

  private store(sentQuery: string, verdict: ServerVerdict): void {
    this.verdicts.set(sentQuery, verdict);
    for (const oldest of this.verdicts.keys()) {
      if (this.verdicts.size <= maxVerdicts) break;
      this.verdicts.delete(oldest);
    }
  }
}

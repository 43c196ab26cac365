/** The envelope of every response of Prometheus's HTTP API: its data, or an error. */
import { PrometheusError } from './errors';
import { ShapeError } from './responseData';
import { apiError, foreignError } from './responseErrors';
import type { PrometheusResponse } from './sender';

/** A successful response; `data` is not checked yet. */
export interface ApiEnvelope {
  data: unknown;
  warnings: string[];
  infos: string[];
  /** The response as it came. */
  raw: string;
}

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];

/** Opens the envelope. Throws a PrometheusError for every response that is not a success. */
export function envelopeOf(response: PrometheusResponse): ApiEnvelope {
  if (!response.mediaType.endsWith('json')) throw foreignError(response);
  let json: unknown;
  try {
    json = JSON.parse(response.text);
  } catch {
    throw response.status === 200 ? new PrometheusError('broken-answer', '') : foreignError(response);
  }
  const { status, data, errorType, error, warnings, infos } = (json ?? {}) as Record<string, unknown>;
  if (status === 'error' && typeof error === 'string') throw apiError({ errorType: String(errorType), error });
  if (response.status !== 200) throw foreignError(response);
  if (status !== 'success') throw new PrometheusError('not-prometheus', 'It sends JSON of another kind.');
  return { data, warnings: textsIn(warnings), infos: textsIn(infos), raw: response.text };
}

/** Runs `parse`; data of an unexpected shape is a PrometheusError, because something else than a Prometheus sent it. */
export function withCheckedShape<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ShapeError) throw new PrometheusError('not-prometheus', `It sends ${error.message}.`);
    throw error;
  }
}

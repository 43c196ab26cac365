/** The envelope of every response of Prometheus's HTTP API: its data, or an error. */
import type { JsonObject } from '../shared/guards';
import { asObject } from '../shared/json';
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

/** The JSON of a response. Undefined if it is none. */
function jsonOf({ mediaType, text }: PrometheusResponse): JsonObject | undefined {
  if (!mediaType.endsWith('json')) return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether a response is the API's own, a success or an error, and not that of a proxy in front of it. */
export function isApiResponse(response: PrometheusResponse): boolean {
  const { status, error } = jsonOf(response) ?? {};
  return (status === 'success' && response.status === 200) || (status === 'error' && typeof error === 'string');
}

/** Opens the envelope. Throws a PrometheusError for every response that is not a success. */
export function envelopeOf(response: PrometheusResponse): ApiEnvelope {
  const json = jsonOf(response);
  if (!json) {
    const isBroken = response.status === 200 && response.mediaType.endsWith('json');
    throw isBroken ? new PrometheusError('broken-answer', '') : foreignError(response);
  }
  const { status, data, errorType, error, warnings, infos } = json;
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

/** The envelope of every response of Prometheus's HTTP API: its data, or an error. */
import type { JsonObject } from '../shared/guards';
import { asObject } from '../shared/json';
import { JsonLimitError, parseJson } from '../shared/parseJson';
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
  raw: Uint8Array;
}

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];

/** A response with its JSON, undefined if it is none. */
export interface ApiResponse extends PrometheusResponse {
  json: JsonObject | undefined;
}

/** Parses the JSON of a response, in slices. Rejects with a PrometheusError if it is nested too deep or too long. */
export async function parseResponse(response: PrometheusResponse): Promise<ApiResponse> {
  const { mediaType, body } = response;
  if (!mediaType.endsWith('json')) return { ...response, json: undefined };
  try {
    return { ...response, json: asObject(await parseJson(body)) };
  } catch (error) {
    if (error instanceof JsonLimitError) throw new PrometheusError('too-complex', `It is ${error.message}.`);
    return { ...response, json: undefined };
  }
}

/** Whether a response is the API's own, a success or an error, and not that of a proxy in front of it. */
export function isApiResponse({ json, status: httpStatus }: ApiResponse): boolean {
  const { status, error } = json ?? {};
  return (status === 'success' && httpStatus === 200) || (status === 'error' && typeof error === 'string');
}

/** Opens the envelope. Throws a PrometheusError for every response that is not a success. */
export function envelopeOf(response: ApiResponse): ApiEnvelope {
  const { json } = response;
  if (!json) {
    const isBroken = response.status === 200 && response.mediaType.endsWith('json');
    throw isBroken ? new PrometheusError('broken-answer', '') : foreignError(response);
  }
  const { status, data, errorType, error, warnings, infos } = json;
  if (status === 'error' && typeof error === 'string') throw apiError({ errorType: String(errorType), error });
  if (response.status !== 200) throw foreignError(response);
  if (status !== 'success') throw new PrometheusError('not-prometheus', 'It sends JSON of another kind.');
  return { data, warnings: textsIn(warnings), infos: textsIn(infos), raw: response.body };
}

/** What `parse` gives; data of an unexpected shape is a PrometheusError, because something else than a Prometheus sent it. */
export async function withCheckedShape<T>(parse: () => T | Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    if (error instanceof ShapeError) throw new PrometheusError('not-prometheus', `It sends ${error.message}.`);
    throw error;
  }
}

/** Sends a GET and reads the whole body as JSON. */
import { HttpError, type GetOptions, type HttpGet } from './httpGet';

/** Options of a GET whose body is collected. */
type GetJsonOptions = Omit<GetOptions, 'onChunk' | 'afterChunk'>;

/**
 * The parsed body. Rejects with an HttpError; a body that is not JSON fails with `wrong-type` and the message
 * `notJsonMessage`.
 */
export async function getJson(
  get: HttpGet,
  url: string,
  options: GetJsonOptions,
  notJsonMessage: string,
): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  await get(url, { ...options, onChunk: (chunk) => chunks.push(Uint8Array.from(chunk)) });
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new HttpError('wrong-type', notJsonMessage);
  }
}

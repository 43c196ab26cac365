/** Sends a GET and reads the whole body as JSON. */
import { JsonLimitError, parseJson } from '../shared/parseJson';
import { HttpError, type GetOptions, type HttpGet } from './httpGet';

/** Options of a GET whose body is collected. */
type GetJsonOptions = Omit<GetOptions, 'onChunk' | 'beforeChunk'>;

/**
 * The body, parsed in slices. Rejects with an HttpError; a body that is not JSON fails with `wrong-type` and the message
 * `notJsonMessage`, JSON that is nested too deep or too long with `too-large`.
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
    return await parseJson(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof JsonLimitError) throw new HttpError('too-large', `the JSON is ${error.message}`);
    throw new HttpError('wrong-type', notJsonMessage);
  }
}

/** Lets somebody see answers as they came, without changing them. */
import type { GetOptions, HttpResponse, HttpGet } from '../http/httpGet';

export interface TappedResponse {
  url: string;
  answer: HttpResponse;
  body: Buffer;
}

export interface ResponseTap {
  get: HttpGet;
  /** Gets every complete answer from now on; undefined: nobody listens, and nothing is held. */
  listener: ((seen: TappedResponse) => void) | undefined;
}

export function tapResponses(get: HttpGet): ResponseTap {
  const tap: ResponseTap = {
    listener: undefined,
    get: async (url, options: GetOptions) => {
      if (!tap.listener) return get(url, options);
      const chunks: Uint8Array[] = [];
      const answer = await get(url, {
        ...options,
        onChunk: (chunk) => {
          chunks.push(Uint8Array.from(chunk));
          options.onChunk?.(chunk);
        },
      });
      tap.listener?.({ url, answer, body: Buffer.concat(chunks) });
      return answer;
    },
  };
  return tap;
}

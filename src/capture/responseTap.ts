/** Passes complete responses of an HTTP client to a listener without changing them. */
import type { HttpGet, HttpResponse } from '../http/httpGet';

/** A response with its body. */
export interface TappedResponse {
  url: string;
  response: HttpResponse;
  body: Buffer;
}

/** A client whose responses can be listened to. */
export interface ResponseTap {
  get: HttpGet;
  /** Called with every complete response. If it is undefined, no body is kept. */
  listener: ((tapped: TappedResponse) => void) | undefined;
}

/** Wraps a client; it behaves the same. */
export function tapResponses(get: HttpGet): ResponseTap {
  const tap: ResponseTap = {
    listener: undefined,
    get: async (url, options) => {
      if (!tap.listener) return get(url, options);
      const chunks: Uint8Array[] = [];
      const response = await get(url, {
        ...options,
        onChunk: (chunk) => {
          chunks.push(Uint8Array.from(chunk));
          options.onChunk?.(chunk);
        },
      });
      tap.listener?.({ url, response, body: Buffer.concat(chunks) });
      return response;
    },
  };
  return tap;
}

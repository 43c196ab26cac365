/** Lets somebody see answers as they came, without changing them. */
import type { GetOptions, HttpAnswer, HttpGet } from '../http/httpGet';

export interface SeenAnswer {
  url: string;
  answer: HttpAnswer;
  body: Buffer;
}

export interface Tap {
  get: HttpGet;
  /** Gets every complete answer from now on; undefined: nobody listens, and nothing is held. */
  listener: ((seen: SeenAnswer) => void) | undefined;
}

export function tapped(get: HttpGet): Tap {
  const tap: Tap = {
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

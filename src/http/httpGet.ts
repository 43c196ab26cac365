/** What discovery and scraping need of an HTTP client; `scrape/client.ts` is the real one, tests bring their own. */

/** Why a request gave nothing, in ids of the state table. */
export type HttpErrorKind =
  | 'refused'
  | 'unreachable'
  | 'name-not-resolved'
  | 'certificate-not-trusted'
  | 'time-out'
  | 'unauthorised'
  | 'forbidden'
  | 'too-large'
  | 'status'
  | 'wrong-type'
  | 'cut'
  | 'not-allowed'
  | 'cancelled'
  | 'other';

export class HttpError extends Error {
  /** `message` is for people and holds no secret. `status` is the HTTP status where there was one. */
  constructor(
    readonly kind: HttpErrorKind,
    message: string,
    readonly status?: number,
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

export interface GetOptions {
  signal: AbortSignal;
  /** For the whole answer, in milliseconds. */
  timeoutMs: number;
  /** Fails with `too-large` beyond it. */
  maxBytes: number;
  headers?: Record<string, string>;
  /** The URL stands in the user's own settings, so that a link-local address is meant. */
  typedByUser?: boolean;
  /** Goes by `http.proxy` and `NO_PROXY`, as the dashboard does; without it the address is reached directly. */
  useProxy?: boolean;
  /** Called with each part of the body as it comes; without it the body is dropped. */
  onChunk?: (chunk: Uint8Array) => void;
  /** Called behind each part: no more is read until what it gives resolves. */
  afterChunk?: () => Promise<void> | undefined;
  /** Refuses an answer of another kind with `wrong-type`; gets the media type in lower case, `''` where none was said. */
  acceptType?: (mediaType: string) => boolean;
}

export interface HttpResponse {
  /** Unix ms at which the response began. */
  at: number;
  bytes: number;
  mediaType: string;
  /** Whether the end of the body was announced (a length or chunks); if not, a cut cannot be told from the end. */
  framed: boolean;
}

/** One GET. Rejects with an `HttpError` for everything but a complete 200. Follows no redirect. */
export type HttpGet = (url: string, options: GetOptions) => Promise<HttpResponse>;

/**
 * The types of an HTTP GET: its options, its response and its error. `httpClient.ts` implements them; tests have their
 * own.
 */

/** Why a request failed. Most are states of the state table, too. */
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
  | 'proxy-failed'
  | 'not-allowed'
  | 'cancelled'
  | 'other';

/** The only error that a request rejects with. */
export class HttpError extends Error {
  /** `message` is shown to people and holds no secret. `status` is the HTTP status, if a response had one. */
  constructor(
    readonly kind: HttpErrorKind,
    message: string,
    readonly status?: number,
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

/** How to send a GET and what to do with its response. */
export interface GetOptions {
  signal: AbortSignal;
  /** For the whole response, in milliseconds. */
  timeoutMs: number;
  /** A larger body fails with `too-large`. */
  maxBytes: number;
  headers?: Record<string, string>;
  /** The URL is from the user's own settings, so a link-local address is intended. */
  typedByUser?: boolean;
  /** Follow `http.proxy` and `NO_PROXY`, as for the dashboard. Without it the address is contacted directly. */
  useProxy?: boolean;
  /**
   * Called with each chunk of the body as it arrives. Its buffer may be reused afterwards. Without it the body is
   * dropped.
   */
  onChunk?: (chunk: Uint8Array) => void;
  /** Called before each chunk, which is delivered when the returned promise resolves. */
  beforeChunk?: () => Promise<void> | undefined;
  /**
   * Rejects with `wrong-type` if it returns false. Gets the media type in lower case, `''` if the response has none.
   */
  acceptType?: (mediaType: string) => boolean;
}

/** A complete response with status 200, without its body. */
export interface HttpResponse {
  /** Unix ms at which the response began. */
  at: number;
  /** Length of the body. */
  bytes: number;
  /** Lower case, without parameters; `''` if the response has none. */
  mediaType: string;
  /** Whether the end of the body was announced (a length or chunks). If not, a cut cannot be told from the end. */
  framed: boolean;
}

/** Sends one GET. Rejects with an `HttpError` unless a complete 200 arrives. Redirects within one origin are
 * followed. */
export type HttpGet = (url: string, options: GetOptions) => Promise<HttpResponse>;

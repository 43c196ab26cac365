/** HTTP requests of these tests, with Node's own client: the extension's client has its own tests. */
import { request } from 'node:http';

interface HttpResponse {
  status: number;
  /** The `Content-Type`. */
  type: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** Whether the body came to its announced end. */
  complete: boolean;
}

interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
  /** Closes the connection after this many bytes. */
  stopAfter?: number;
}

/**
 * A request on its own connection. Rejects with the system's error code if there is no answer; a body that breaks off
 * is not complete.
 */
export function httpRequest(
  url: string,
  { method = 'GET', headers = {}, stopAfter = Infinity }: RequestOptions = {},
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = (): void => {
        const { statusCode = 0, headers: responseHeaders, complete } = response;
        resolve({
          status: statusCode,
          type: String(responseHeaders['content-type']),
          headers: responseHeaders,
          body: Buffer.concat(chunks),
          complete,
        });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= stopAfter) response.destroy();
      });
      response.on('error', finish).on('close', finish);
    });
    sent.on('error', reject).end();
  });
}

/** The body of a GET as JSON. */
export async function getJson<T>(url: string): Promise<T> {
  return JSON.parse((await httpRequest(url)).body.toString()) as T;
}

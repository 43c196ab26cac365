/** Requests for these tests, with Node's own client: the extension's has its own tests. */
import { request } from 'node:http';

export interface Fetched {
  status: number;
  type: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** Whether the body came to its announced end. */
  complete: boolean;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  /** Hangs up after so many bytes. */
  stopAfter?: number;
}

/** One request, not kept alive. Rejects with the system's code where there is no answer; a body that breaks off resolves with `complete: false`. */
export function ask(url: string, { method = 'GET', headers = {}, stopAfter = Infinity }: Asked = {}): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = (): void => {
        const { statusCode = 0, headers: got, complete } = response;
        resolve({
          status: statusCode,
          type: String(got['content-type']),
          headers: got,
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
export async function askJson<T>(url: string): Promise<T> {
  return JSON.parse((await ask(url)).body.toString()) as T;
}

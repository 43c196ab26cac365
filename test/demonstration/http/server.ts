/** One HTTP server, on a free port of 127.0.0.1 unless told otherwise, that remembers what it was asked and fails when told to. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { methodNotAllowed, type Answer } from './answer';
import { send, sendFaulty, type Fault } from './faults';

export interface RecordedRequest {
  method: string;
  /** Path and query, as asked. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Unix ms. */
  at: number;
}

export interface FixtureServer {
  /** `http://HOST:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Every request since the start, oldest first; tests may empty it. */
  readonly requests: RecordedRequest[];
  /** Sets the fault for one path or, without `path`, for all others; `undefined` ends it. Resolves when it is in force. */
  fault(fault: Fault | undefined, path?: string): Promise<void>;
  /** Ends every connection and the server. */
  close(): Promise<void>;
}

/** Makes the answer to a GET; `url` is parsed, with a base that means nothing. */
export type Handler = (url: URL, headers: IncomingHttpHeaders) => Answer;

/** Ports of Ray's dashboard and autoscaler. */
const withoutEngines: ReadonlySet<number> = new Set([44217, 44227]);

/** Where to listen; a free port of 127.0.0.1 where nothing is said. */
export interface Place {
  /** Another address of this machine, such as one of 127.0.0.0/8: a port that must be a certain one is free there. */
  host?: string;
  port?: number;
}

/** Starts a server; anything but GET answers 405 and is recorded like the rest. */
export async function serve(
  handler: Handler,
  { host = '127.0.0.1', port: wanted = 0 }: Place = {},
): Promise<FixtureServer> {
  const requests: RecordedRequest[] = [];
  const faults = new Map<string | undefined, Fault>();
  const server = createServer((request, response) => {
    const { method = '', url = '/', headers } = request;
    requests.push({ method, url, headers, at: Date.now() });
    request.resume();
    response.on('error', () => response.destroy());
    const parsed = new URL(url, 'http://fixture');
    const answer = method === 'GET' ? handler(parsed, headers) : methodNotAllowed();
    const fault = faults.get(parsed.pathname) ?? faults.get(undefined);
    if (fault) sendFaulty(response, answer, fault);
    else send(response, answer);
  });

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const hangUp = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  await listen(wanted);
  // A free port may be one that Ray keeps for a service without engines, which nobody takes for a node's.
  while (wanted === 0 && withoutEngines.has((server.address() as AddressInfo).port)) {
    await hangUp();
    await listen(0);
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    requests,
    async fault(fault, path) {
      if (fault?.kind === 'refuse' && path !== undefined)
        throw new Error('a port is refused as a whole, not for one path');
      if (fault) faults.set(path, fault);
      else faults.delete(path);
      const refused = faults.get(undefined)?.kind === 'refuse';
      if (refused && server.listening) await hangUp();
      if (!refused && !server.listening) await listen(port);
    },
    async close() {
      if (server.listening) await hangUp();
    },
  };
}

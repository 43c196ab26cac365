/** An HTTP server for tests that logs its requests and can be made to fail. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { methodNotAllowed, type Answer } from './answer';
import { send, sendFaulty, type Fault } from './faults';

/** A request that the server got. */
export interface RecordedRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Unix ms. */
  at: number;
}

/** A running server. */
export interface FixtureServer {
  /** `http://HOST:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Every request since the start, oldest first. Tests may empty it. */
  readonly requests: RecordedRequest[];
  /**
   * Sets the fault of one path or, without `path`, of all others; undefined ends it. Resolves when it has taken effect.
   */
  fault(fault: Fault | undefined, path?: string): Promise<void>;
  /** Closes all connections and the server. */
  close(): Promise<void>;
}

/** Answers a GET. The host of `url` has no meaning. */
type Handler = (url: URL, headers: IncomingHttpHeaders) => Answer;

/** Ports of Ray's dashboard and autoscaler, which the extension never takes for a node's agent. */
const rayServicePorts: ReadonlySet<number> = new Set([44217, 44227]);

/** Where a server listens. */
export interface ListenAddress {
  /** 127.0.0.1 by default. On another address of 127.0.0.0/8 a given port is free. */
  host?: string;
  /** A free port by default. */
  port?: number;
}

/** Starts a server. It logs every request, and answers other methods than GET with 405. */
export async function serve(
  handler: Handler,
  { host = '127.0.0.1', port: wantedPort = 0 }: ListenAddress = {},
): Promise<FixtureServer> {
  const requests: RecordedRequest[] = [];
  const faults = new Map<string | undefined, Fault>();
  const server = createServer((request, response) => {
    const { method = '', url = '/', headers } = request;
    requests.push({ method, url, headers, at: Date.now() });
    request.resume();
    response.on('error', () => response.destroy());
    const parsedUrl = new URL(url, 'http://fixture');
    const answer = method === 'GET' ? handler(parsedUrl, headers) : methodNotAllowed();
    const fault = faults.get(parsedUrl.pathname) ?? faults.get(undefined);
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
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  await listen(wantedPort);
  while (wantedPort === 0 && rayServicePorts.has((server.address() as AddressInfo).port)) {
    await stop();
    await listen(0);
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    requests,
    async fault(fault, path) {
      if (fault?.kind === 'refuse' && path !== undefined)
        throw new Error('a port is closed for all paths, not for one');
      if (fault) faults.set(path, fault);
      else faults.delete(path);
      const isRefused = faults.get(undefined)?.kind === 'refuse';
      if (isRefused && server.listening) await stop();
      if (!isRefused && !server.listening) await listen(port);
    },
    async close() {
      if (server.listening) await stop();
    },
  };
}

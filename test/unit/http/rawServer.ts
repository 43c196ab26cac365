/** A server that sends exactly given bytes, for responses that no HTTP library would send. */
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A running server. */
export interface RawServer {
  url: string;
  /** Number of open connections. */
  open(): number;
  /** Everything that was received on all connections. */
  received(): string;
  /** Resolves when the last open connection has ended. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server; `answer` is called with each connection's socket when its first bytes have arrived. */
export async function rawServer(answer: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let received = '';
  let whenIdle: (() => void)[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) whenIdle.splice(0).forEach((resolve) => resolve());
    });
    socket.on('data', (bytes) => (received += bytes.toString('latin1')));
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    open: () => sockets.size,
    received: () => received,
    idle: () =>
      sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => (whenIdle = [...whenIdle, resolve])),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}

/** The head of a response; without `length` the body ends with the connection. */
export const head = (length?: number, type = 'text/plain; version=0.0.4'): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${length === undefined ? '' : `Content-Length: ${length}\r\n`}\r\n`;

/** A server that says exactly these bytes, for answers that no HTTP library would give. */
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface RawServer {
  url: string;
  /** How many connections are open. */
  open(): number;
  /** What came, of all connections. */
  received(): string;
  /** Resolves when the last open connection has ended. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** `answer` is called with each connection's socket once its first request came. */
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

/** An answer's head; `length` undefined leaves the end of the body to the end of the connection. */
export const head = (length?: number, type = 'text/plain; version=0.0.4'): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${length === undefined ? '' : `Content-Length: ${length}\r\n`}\r\n`;

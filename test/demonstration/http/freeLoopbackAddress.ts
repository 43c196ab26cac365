/** Addresses of this machine on which a given port is free. */
import { createServer } from 'node:net';

let count = 0;

/** An address of 127.0.0.0/8 that is not in use. Undefined if this machine has only 127.0.0.1, as macOS does. */
export async function freeLoopbackAddress(): Promise<string | undefined> {
  count += 1;
  const address = `127.${64 + (process.pid % 128)}.${1 + Math.floor(Math.random() * 250)}.${1 + (count % 250)}`;
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, address, () => server.close(() => resolve(address)));
  });
}

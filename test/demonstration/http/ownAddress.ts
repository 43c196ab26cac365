/** Addresses of this machine on which a port that must be a certain one is free. */
import { createServer } from 'node:net';

let made = 0;

/** One of 127.0.0.0/8 that nobody else uses, or undefined where this machine has only 127.0.0.1 (macOS). */
export async function ownAddress(): Promise<string | undefined> {
  made += 1;
  const address = `127.${64 + (process.pid % 128)}.${1 + Math.floor(Math.random() * 250)}.${1 + (made % 250)}`;
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, address, () => server.close(() => resolve(address)));
  });
}

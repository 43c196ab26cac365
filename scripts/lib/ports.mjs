/** Free ports of this machine. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A free port, for a program that must be told one. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no free port');
  return address.port;
}

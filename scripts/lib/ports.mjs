/** Free ports of this machine. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Different free ports, for programs that must be told theirs: each is held until all are found.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('no free port');
    return address.port;
  });
  for (const server of servers) server.close();
  await Promise.all(servers.map((server) => once(server, 'close')));
  return ports;
}

/** A free port, for a program that must be told one. */
export async function freePort() {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no free port');
  return port;
}

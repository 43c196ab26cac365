/**
 * `server.js TARGETS BYTES`: serves targets on a port each, prints the ports as JSON, and ends when its stdin is
 * closed.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodiesOf } from './targetBodies';

async function serve(index: number, maxBytes: number): Promise<Server> {
  const bodies = bodiesOf(index, maxBytes);
  let requestCount = 0;
  const server = createServer((_request, response) => {
    const body = bodies[requestCount++ % bodies.length] as Buffer;
    response.writeHead(200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-length': body.length,
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function main(): Promise<void> {
  const [count = 1, maxBytes = Infinity] = process.argv.slice(2).map(Number);
  const servers = await Promise.all(Array.from({ length: count }, (_, index) => serve(index, maxBytes)));
  process.stdout.write(`${JSON.stringify(servers.map((server) => (server.address() as AddressInfo).port))}\n`);
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}

void main();

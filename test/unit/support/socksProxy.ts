/** A SOCKS5 proxy for tests, as RFC 1928 has it, without a password. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** How a host was asked for: the type of its address (1: IPv4, 3: name, 4: IPv6), and the name or the address in hex. */
export type AskedHost = [type: number, host: string];

/** Leads every name to this machine, and notes in `asked` what was asked for. */
export async function startSocksProxy(asked: AskedHost[]): Promise<{ url: string; close: () => void }> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((socket) => {
    keep(socket).once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        const type = request[3] ?? 0;
        const length = type === 3 ? (request[4] ?? 0) : type === 4 ? 16 : 4;
        const start = type === 3 ? 5 : 4;
        const host = request.subarray(start, start + length);
        asked.push([type, type === 3 ? host.toString() : host.toString('hex')]);
        const far = connect(request.readUInt16BE(start + length), '127.0.0.1', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
          socket.pipe(far).pipe(socket);
        });
        keep(far).on('error', () => socket.destroy());
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

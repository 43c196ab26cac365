/** A real nginx as a reverse proxy on a free port, with its files in a temporary folder. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, startServer, type FoundProgram, type RealPrometheus } from './server';

/** nginx's executable, or why there is none. */
export const findNginx = (): FoundProgram => findProgram('nginx', process.env.NGINX_PATH, process.env.SKYRL_NO_NGINX);

/** Starts an nginx with these directives in its one `server` block. */
export function startNginx(path: string, directives: readonly string[]): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-nginx-'));
  const config = (address: string): string =>
    [
      'daemon off; master_process off; error_log stderr; pid nginx.pid;',
      'events {}',
      'http {',
      'access_log off;',
      ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${kind};`),
      'server {',
      `listen ${address};`,
      'location = /ready { return 200; }',
      ...directives,
      '}',
      '}',
    ].join('\n');
  return startServer(path, {
    folder,
    args: (address) => {
      writeFileSync(join(folder, 'nginx.conf'), config(address));
      return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
    },
    ready: async (url) => (await fetch(`${url}/ready`)).ok,
  });
}

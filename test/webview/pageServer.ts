/** A server of the built pages. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { webviewHtml } from '../../src/views/shared/webviewHtml';

/** Where the build puts the pages. */
export const pageFolder = join(process.cwd(), 'dist', 'webview');

/** Serves the HTML that the extension makes, with this server as the `cspSource` of its content security policy. */
export async function servePage(
  name: 'chart' | 'rollouts' | 'comparison' = 'chart',
): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const cspSource = `http://${request.headers.host}`;
    const file = /^\/((?:chart|rollouts|comparison)\.(?:js|css))$/.exec(request.url ?? '')?.[1];
    if (file) {
      void readFile(join(pageFolder, file)).then((body) =>
        response.writeHead(200, { 'content-type': file.endsWith('js') ? 'text/javascript' : 'text/css' }).end(body),
      );
      return;
    }
    if (!/^\/(\?|$)/.test(request.url ?? '')) {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' }).end(
      webviewHtml({
        title: name,
        cspSource,
        nonce: 'dGVzdA==',
        script: `${cspSource}/${name}.js`,
        style: `${cspSource}/${name}.css`,
      }),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHttpClient } from '../../../src/http/httpClient';
import { serve, text } from '../../demonstration/index';

const symbols = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) => Symbol.for(name));
const slots = globalThis as unknown as Record<symbol, unknown>;
const loaded = (): string[] =>
  Object.keys(require.cache).filter((file) => /[\\/]node_modules[\\/]undici[\\/]/.test(file));

describe('loading undici', () => {
  it('would replace the process-wide dispatcher without precautions, which the next test relies on', () => {
    const program = `require('undici'); console.log(${JSON.stringify(symbols.map(({ description }) => description))}.filter((name) => globalThis[Symbol.for(name)]).length)`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 20_000 });
    assert.ok(Number(stdout) >= 1, stdout + stderr);
  });

  it('happens at the first request and leaves both dispatcher symbols as they were', async () => {
    // Another test in this process may have loaded it.
    for (const file of loaded()) Reflect.deleteProperty(require.cache, file);
    const before = symbols.map((symbol) => slots[symbol]);
    const client = createHttpClient(() => 0);
    const server = await serve(() => text(200, 'a 1\n'));
    try {
      assert.deepEqual(loaded(), []);
      await client.get(server.url, { signal: new AbortController().signal, timeoutMs: 2000, maxBytes: 100 });
      assert.ok(loaded().length > 0);
      symbols.forEach((symbol, index) =>
        assert.ok(before[index] === undefined || slots[symbol] === before[index], symbol.description),
      );
      assert.equal((await fetch(server.url)).status, 200, 'the built-in fetch works afterwards');
    } finally {
      await Promise.all([client.close(), server.close()]);
    }
  });

  it('leaves the built-in fetch working in a process that has not used it before', () => {
    const program = `
      const { outputFiles } = require('esbuild').buildSync({
        entryPoints: ['src/http/loadUndici.ts'], bundle: true, platform: 'node', format: 'cjs', external: ['undici'], supported: { 'dynamic-import': false }, write: false,
      });
      const built = { exports: {} };
      new Function('module', 'exports', 'require', outputFiles[0].text)(built, built.exports, require);
      const server = require('node:http').createServer((_, answer) => answer.end('a 1')).listen(0, '127.0.0.1', async () => {
        await built.exports.loadUndici();
        console.log((await fetch('http://127.0.0.1:' + server.address().port)).status);
        process.exit();
      });`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 20_000 });
    assert.equal(stdout.trim(), '200', stderr);
  });
});

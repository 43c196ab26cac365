/** Files whose path is from outside. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRegularFile, readRegularFileChunks } from '../../../src/shared/readRegularFile';

async function readInChunks(file: string, maxBytes: number): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readRegularFileChunks(file, { maxBytes })) chunks.push(chunk);
  return chunks;
}

describe('readRegularFile', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'skyrl-file-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads a file, also by a link unless links are refused', async () => {
    const file = join(folder, 'a');
    writeFileSync(file, 'text');
    symlinkSync(file, join(folder, 'link'));
    const link = join(folder, 'link');
    assert.equal((await readRegularFile(link, { maxBytes: 4 })).bytes.toString(), 'text');
    await assert.rejects(
      readRegularFile(link, { maxBytes: 4, followsLinks: false }),
      /is a link, which is not followed/,
    );
    assert.equal((await readRegularFile(file, { maxBytes: 4, followsLinks: false })).bytes.toString(), 'text');
  });

  it('reads no file that is larger than allowed, and no folder', async () => {
    writeFileSync(join(folder, 'a'), 'longer');
    await assert.rejects(readRegularFile(join(folder, 'a'), { maxBytes: 5 }), /larger than 5 bytes/);
    await assert.rejects(readRegularFile(folder, { maxBytes: 5 }));
  });

  it('does not wait for a pipe, and reads no device', async function () {
    if (process.platform === 'win32') return this.skip();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await assert.rejects(readRegularFile(join(folder, 'pipe'), { maxBytes: 1e6 }), /is not a file/);
    await assert.rejects(readRegularFile('/dev/zero', { maxBytes: 1e6 }), /is not a file/);
    await assert.rejects(readInChunks(join(folder, 'pipe'), 1e6), /is not a file/);
  });

  it('reads a file in chunks, and no larger one', async () => {
    writeFileSync(join(folder, 'a'), 'x'.repeat(600_000));
    const chunks = await readInChunks(join(folder, 'a'), 600_000);
    assert.equal(Buffer.concat(chunks).toString(), 'x'.repeat(600_000));
    assert.equal(chunks.length, 3);
    await assert.rejects(readInChunks(join(folder, 'a'), 599_999), /larger than 599999 bytes/);
  });
});

import assert from 'node:assert/strict';
import { parseFileName } from '../../../src/history/historyFile';
import { pruneFiles } from '../../../src/history/pruneFiles';
import { memoryStorage, openWriter } from './memoryStorage';
import { start } from './support';

const minute = 60_000;
const hour = 60 * minute;

describe('pruneFiles', () => {
  it('keeps files as long as needed within the limit, and never touches other files', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    storage.files.set('notes.txt', Buffer.from('mine'));
    await window.scrapeBetween(start, start + 5 * hour);
    const now = start + 5 * hour;
    assert.equal(await pruneFiles(storage, now, 3), 0, 'what is too old does not count');
    const left = [...storage.files.keys()].flatMap((name) => parseFileName(name) ?? []);
    assert.ok(left.every(({ kind, from }) => now - from <= (kind === 'points' ? 75 : 4 * 60) * minute));
    assert.ok(left.some(({ kind }) => kind === 'points') && left.some(({ kind }) => kind === 'minutes'));
    const count = storage.files.size;
    assert.equal(await pruneFiles(storage, now, 3, 1000), count - storage.files.size);
    const bytes = [...storage.files].reduce((sum, [name, file]) => sum + (parseFileName(name) ? file.length : 0), 0);
    assert.ok(bytes <= 1000 && storage.files.has('notes.txt'));
  });
});

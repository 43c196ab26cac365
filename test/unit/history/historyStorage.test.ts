import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileMagic, splitEntries } from '../../../src/history/codec';
import { folderStorage } from '../../../src/history/historyStorage';
import { openWriter, reloadHistory } from './memoryStorage';
import { findSeries, queryAll, start } from './support';

const minute = 60_000;

describe('history files in a folder', () => {
  let folder: string;
  const files = async (kind: string): Promise<string> =>
    join(folder, 'history', (await readdir(join(folder, 'history'))).find((name) => name.includes(`.${kind}.`)) ?? '');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skyrl-history-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are readable by their user only, and a missing folder is empty', async () => {
    const storage = folderStorage(join(folder, 'history'));
    assert.deepEqual(await storage.list(), []);
    await openWriter(storage, 'one').scrapeBetween(start, start + minute);
    assert.equal((await stat(await files('points'))).mode & 0o077, 0);
  });

  it('lose only the last entry if they are cut off at any byte of it, and can be appended to', async function () {
    this.timeout(20_000);
    const storage = folderStorage(join(folder, 'history'));
    await openWriter(storage, 'one').scrapeBetween(start, start + 3 * minute);
    const name = await files('points');
    const whole = await readFile(name);
    const last = whole.lastIndexOf(fileMagic);
    for (let length = last; length < whole.length; length++) {
      await writeFile(name, whole.subarray(0, length));
      assert.equal(splitEntries(await readFile(name)).payloads.length, 2, String(length));
      assert.equal(
        splitEntries(Buffer.concat([whole.subarray(0, length), whole.subarray(last)])).payloads.length,
        3,
        'what is appended afterwards',
      );
    }
    for (const length of [last + 3, last + 8, last + 12, last + 40, whole.length - 1]) {
      await writeFile(name, whole.subarray(0, length));
      const cut = await reloadHistory(storage, start + 4 * minute);
      assert.equal(findSeries(queryAll(cut), 'kv', 'a').at.at(-1), start + 2 * minute);
      await openWriter(storage, `two${length}`, cut).scrapeBetween(start + 4 * minute, start + 5 * minute);
      assert.equal(
        findSeries(queryAll(await reloadHistory(storage, start + 6 * minute)), 'kv', 'a').at.at(-1),
        start + 5 * minute,
        String(length),
      );
      for (const file of await readdir(join(folder, 'history')))
        if (file.includes('.two')) await rm(join(folder, 'history', file));
    }
  });

  it('never give a wrong number if any byte is damaged', async function () {
    this.timeout(20_000);
    const storage = folderStorage(join(folder, 'history'));
    const window = openWriter(storage, 'one');
    await window.scrapeBetween(start, start + 3 * minute);
    const name = await files('points');
    const whole = await readFile(name);
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      await writeFile(name, damaged);
      const { series } = queryAll(await reloadHistory(storage, start + 4 * minute));
      for (const { value, engine, lowest, at: times } of series)
        for (const [index, one] of value.entries()) {
          const isMinute = engine ? typeof lowest?.[index] === 'number' : times[index]! % minute === minute / 2;
          if (one !== null && !isMinute) assert.equal(one, (times[index]! - start) / 10_000);
        }
    }
  });

  it('of another format are renamed with a warning, and the rest is read', async () => {
    const storage = folderStorage(join(folder, 'history'));
    await openWriter(storage, 'one').scrapeBetween(start, start + 2 * minute);
    const name = await files('points');
    await writeFile(name, 'not this\n');
    const warnings: string[] = [];
    const history = await reloadHistory(storage, start + 3 * minute, 'run', warnings);
    assert.equal(warnings.length, 1);
    assert.equal(findSeries(queryAll(history), 'kv', 'a').at.length, 2, 'the minutes are read');
    assert.ok((await readdir(join(folder, 'history'))).some((file) => file.endsWith('.unreadable')));
    await truncate(await files('minutes'), 0);
    assert.deepEqual(queryAll(await reloadHistory(storage, start + 3 * minute)).series, []);
  });
});

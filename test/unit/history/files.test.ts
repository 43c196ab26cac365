import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileMagic, splitEntries } from '../../../src/history/codec';
import { folderStorage, parseFileName, runFileKey } from '../../../src/history/files';
import { pruneFiles } from '../../../src/history/journal';
import { memoryStorage, openWriter, reloadHistory } from './memoryStorage';
import { queryAll, findSeries, snapshot, start } from './support';

const minute = 60_000;
const hour = 60 * minute;

describe('the history’s files', () => {
  it('give back what was kept, both tiers, aggregates with their spread, and go on', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    const end = start + 3 * hour;
    await window.scrapeBetween(start, end);
    const again = await reloadHistory(storage, end);
    assert.deepEqual(queryAll(again, start + 30 * minute), queryAll(window.history, start + 30 * minute));
    assert.deepEqual(findSeries(queryAll(again), 'kv', 'a').at.slice(0, 2), [start + minute / 2, start + 1.5 * minute]);
    const after = openWriter(storage, 'two', again);
    await after.scrapeBetween(end + 10_000, end + hour);
    const both = await reloadHistory(storage, end + hour);
    const { at, value } = findSeries(queryAll(both, start + 3.2 * hour), 'kv', 'a');
    assert.ok(!value.includes(null), 'no gap at the reload');
    assert.ok(at.every((time, index) => index === 0 || time - at[index - 1]! <= minute));
  });

  it('lose a minute at most when the window ends without a word', async () => {
    const storage = memoryStorage();
    await openWriter(storage, 'one').scrapeBetween(start, start + 10 * minute + 50_000);
    const { at } = findSeries(queryAll(await reloadHistory(storage, start + 11 * minute)), 'kv', 'a');
    assert.equal(at.length, 61);
    assert.equal(at.at(-1), start + 10 * minute);
  });

  it('keep gaps, also those met after their minute was written', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    await window.scrapeBetween(start, start + 20 * minute, () => 1);
    await window.scrapeBetween(start + 40 * minute, start + 3 * hour, () => 1);
    const again = findSeries(queryAll(await reloadHistory(storage, start + 3 * hour)), 'kv', 'a');
    assert.deepEqual(
      again.at.filter((_, index) => again.value[index] === null),
      [start + 21 * minute],
    );
  });

  it('keep marks, and let those that were open go on', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    const asleep = (at: number) =>
      snapshot(at, {}, {}, { engines: [{ id: 'a', name: 'a', node: '', state: 'asleep', measures: {} }] });
    window.history.add(asleep(start));
    window.history.add(asleep(start + 60_000));
    await window.journal.take(window.history, start + 60_000);
    await window.journal.write(start + 60_000);
    const again = await reloadHistory(storage, start + 70_000);
    const bands = () =>
      again
        .query({ measures: [], engines: 'each', from: 0, to: Infinity })
        .bands.map(({ from, to, label }) => [from, to, label]);
    assert.deepEqual(bands(), [[start, start + 60_000, 'asleep']]);
    again.add(asleep(start + 80_000));
    assert.deepEqual(bands(), [[start, undefined, 'asleep']]);
  });

  it('never mix two runs', async () => {
    const storage = memoryStorage();
    await openWriter(storage, 'one', undefined, 'first').scrapeBetween(start, start + 2 * minute, () => 1);
    await openWriter(storage, 'one', undefined, 'second').scrapeBetween(
      start + 3 * minute,
      start + 5 * minute,
      () => 2,
    );
    assert.deepEqual(
      new Set(findSeries(queryAll(await reloadHistory(storage, start + 6 * minute, 'first')), 'kv').value),
      new Set([1]),
    );
    assert.deepEqual(
      new Set(findSeries(queryAll(await reloadHistory(storage, start + 6 * minute, 'second')), 'kv').value),
      new Set([2]),
    );
  });

  it('of two windows at once hold nothing twice and nothing less', async () => {
    const storage = memoryStorage();
    const one = openWriter(storage, 'one');
    const two = openWriter(storage, 'two');
    for (let step = 0; step < 30; step++) {
      const from = start + step * minute;
      await one.scrapeBetween(from, from + minute, (at) => at - start);
      await two.scrapeBetween(from + 30_000 + 1, from + 90_000 + 1, (at) => at - start);
    }
    const { at, value } = findSeries(queryAll(await reloadHistory(storage, start + 31 * minute)), 'kv', 'a');
    assert.ok(at.every((time, index) => index === 0 || time > at[index - 1]!));
    assert.ok(
      at.every((time, index) => index === 0 || time - at[index - 1]! <= 10_001),
      'no hole',
    );
    for (const [index, time] of at.entries()) assert.equal(value[index], time - start);
  });

  it('do not bring back what a clock that went back has withdrawn', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    await window.scrapeBetween(start, start + hour, () => 1);
    await window.scrapeBetween(start + 10 * minute, start + 20 * minute, () => 5);
    const again = findSeries(queryAll(await reloadHistory(storage, start + hour)), 'kv', 'a');
    assert.deepEqual(again, findSeries(queryAll(window.history), 'kv', 'a'));
    assert.equal(again.at.at(-1), start + 20 * minute);
  });

  it('are kept as long as needed, within the bytes that are allowed, and strangers’ files are let be', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    storage.files.set('notes.txt', Buffer.from('mine'));
    await window.scrapeBetween(start, start + 5 * hour);
    const now = start + 5 * hour;
    await pruneFiles(storage, now, 3);
    const left = [...storage.files.keys()].flatMap((name) => parseFileName(name) ?? []);
    assert.ok(left.every(({ kind, from }) => now - from <= (kind === 'points' ? 75 : 4 * 60) * minute));
    assert.ok(left.some(({ kind }) => kind === 'points') && left.some(({ kind }) => kind === 'minutes'));
    await pruneFiles(storage, now, 3, 1000);
    const bytes = [...storage.files].reduce((sum, [name, file]) => sum + (parseFileName(name) ? file.length : 0), 0);
    assert.ok(bytes <= 1000 && storage.files.has('notes.txt'));
  });

  it('wait for a disk that is full, and are written whole when it is not', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    await window.scrapeBetween(start, start + 2 * minute);
    storage.fault = 'ENOSPC: no space left on device';
    await assert.rejects(window.scrapeBetween(start + 2 * minute + 10_000, start + 4 * minute), /ENOSPC/);
    storage.fault = undefined;
    await window.scrapeBetween(start + 4 * minute, start + 6 * minute);
    assert.deepEqual(
      findSeries(queryAll(await reloadHistory(storage, start + 6 * minute)), 'kv', 'a'),
      findSeries(queryAll(window.history), 'kv', 'a'),
    );
  });

  it('name runs readably and never two alike', () => {
    assert.equal(runFileKey('session_2026-11-25_10-00-00_123456_7'), 'session_2026-11-25_10-00-00_123456_7');
    const [one, two] = [runFileKey('http://a:1/metrics'), runFileKey('http://a/1/metrics')];
    assert.notEqual(one, two);
    for (const name of [one, two, runFileKey('../../etc/passwd'), runFileKey('x'.repeat(5000))])
      assert.match(name, /^[\w-]{1,100}$/);
  });
});

describe('the history’s files in a real folder', () => {
  let folder: string;
  const files = async (kind: string): Promise<string> =>
    join(folder, 'history', (await readdir(join(folder, 'history'))).find((name) => name.includes(`.${kind}.`)) ?? '');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skyrl-history-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('can be read by their user only, and a folder that is not there is empty', async () => {
    const storage = folderStorage(join(folder, 'history'));
    assert.deepEqual(await storage.list(), []);
    await openWriter(storage, 'one').scrapeBetween(start, start + minute);
    assert.equal((await stat(await files('points'))).mode & 0o077, 0);
  });

  it('cut off at every byte of the last record cost that record only, and what is appended then is read', async function () {
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
        'what is appended behind it',
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

  it('damaged at any byte give no wrong number', async function () {
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

  it('that are none are set aside with a word, and stop nothing', async () => {
    const storage = folderStorage(join(folder, 'history'));
    await openWriter(storage, 'one').scrapeBetween(start, start + 2 * minute);
    const name = await files('points');
    await writeFile(name, 'not this\n');
    const warnings: string[] = [];
    const history = await reloadHistory(storage, start + 3 * minute, 'run', warnings);
    assert.equal(warnings.length, 1);
    assert.equal(findSeries(queryAll(history), 'kv', 'a').at.length, 2, 'the minutes are there');
    assert.ok((await readdir(join(folder, 'history'))).some((file) => file.endsWith('.unreadable')));
    await truncate(await files('minutes'), 0);
    assert.deepEqual(queryAll(await reloadHistory(storage, start + 3 * minute)).series, []);
  });
});

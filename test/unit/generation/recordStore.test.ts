import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { composeRecord } from '../../../src/generation/composeRecord';
import type { GenerationRecord } from '../../../src/generation/generationRecord';
import { newRecordInputs } from '../../../src/generation/recordInputs';
import { maxRecords, RecordStore } from '../../../src/generation/recordStore';

const context = { config: undefined, configName: undefined, raySession: undefined, replayed: false, isLocalRun: false };
const record = (id: string, cut = false): GenerationRecord =>
  composeRecord(
    newRecordInputs({ id, from: 1, startedBy: 'command', phase: null }),
    undefined,
    context,
    cut ? 'cut off' : 'command',
  );
const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T00-00-00-000Z`;

describe('RecordStore', () => {
  let parent: string;
  let folder: string;
  let warnings: string[];
  const alive = new Set<number>();
  const open = async (pid = 1): Promise<RecordStore> => {
    const store = new RecordStore({
      folder,
      pid,
      isAlive: (other) => alive.has(other),
      now: () => Date.now(),
      warn: (words) => warnings.push(words),
    });
    await store.load();
    return store;
  };
  const ids = ({ records }: RecordStore): string[] => records.map(({ id }) => id);

  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'records-'));
    folder = path.join(parent, 'not', 'there', 'yet');
    warnings = [];
    alive.clear();
  });
  afterEach(() => {
    chmodSync(parent, 0o755);
    rmSync(parent, { recursive: true, force: true });
  });

  it('finds its records again, newest first', async () => {
    const store = await open();
    for (const number of [2, 3, 1]) await store.add(record(day(number)));
    assert.deepEqual(ids(store), [day(3), day(2), day(1)]);
    const again = await open(2);
    assert.deepEqual(again.records, store.records);
  });

  it('removes the oldest records beyond the limit', async () => {
    const store = await open();
    for (let number = 0; number < maxRecords + 3; number += 1)
      await store.add(record(`r${String(number).padStart(4, '0')}`));
    assert.equal(store.records.length, maxRecords);
    assert.equal(readdirSync(folder).length, maxRecords);
    assert.equal(store.get('r0002'), undefined);
    assert.ok(store.get('r0003'));
  });

  it('deletes a record with its file', async () => {
    const store = await open();
    await store.add(record(day(1)));
    await store.remove(day(1));
    await store.remove('never there');
    assert.deepEqual([ids(store), readdirSync(folder)], [[], []]);
  });

  it('recovers a record of a window that closed, as cut off', async () => {
    const store = await open(77);
    await store.keepDraft(record(day(4), true));
    alive.add(77);
    assert.deepEqual(ids(await open(1)), [], 'its window is still open');
    alive.delete(77);
    const heir = await open(1);
    assert.deepEqual(
      heir.records.map(({ id, endedBy }) => [id, endedBy]),
      [[day(4), 'cut off']],
    );
    assert.deepEqual(readdirSync(folder), [`${day(4)}.json`]);
  });

  it('recovers a record whose process number another process or this one has now', async () => {
    await (await open(77)).keepDraft(record(day(4), true));
    assert.deepEqual(ids(await open(77)), [day(4)]);
    await (await open(78)).keepDraft(record(day(5), true));
    alive.add(78);
    const [draft] = readdirSync(folder).filter((name) => name.startsWith('draft-'));
    utimesSync(path.join(folder, draft!), 0, 0);
    assert.deepEqual(ids(await open(1)), [day(5), day(4)]);
  });

  it('keeps a record once that was written at the last moment, and removes its draft', async () => {
    const store = await open(77);
    await store.keepDraft(record(day(6), true));
    store.addSync({ ...record(day(6), true), scrapes: 9 });
    const heir = await open(1);
    assert.deepEqual(
      heir.records.map(({ scrapes }) => scrapes),
      [9],
    );
    assert.deepEqual(readdirSync(folder), [`${day(6)}.json`]);
  });

  it('keeps a record in memory that cannot be written, with the reason', async () => {
    writeFileSync(path.join(parent, 'not'), 'a file where a folder should be');
    const store = await open();
    await store.keepDraft(record(day(7)));
    await store.add(record(day(7)));
    store.addSync(record(day(8)));
    assert.deepEqual(ids(store), [day(7)]);
    assert.match(store.saveErrors.get(day(7)) ?? '', /ENOTDIR|EEXIST/);
    assert.equal(warnings.length, 3);
  });

  it('leaves no half file on a full disk, and loses no older record', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const store = await open();
    await store.add(record(day(1)));
    // The half file is a link to the device that is always full.
    const { symlinkSync } = await import('node:fs');
    symlinkSync('/dev/full', path.join(folder, `${day(2)}.json.half`));
    await store.add(record(day(2)));
    assert.match(store.saveErrors.get(day(2)) ?? '', /ENOSPC/);
    assert.deepEqual(readdirSync(folder), [`${day(1)}.json`]);
    assert.deepEqual(ids(store), [day(2), day(1)]);
    await store.add(record(day(2)));
    assert.equal(store.saveErrors.size, 0);
  });

  it('leaves files alone that are not records, and reports them', async () => {
    const store = await open();
    await store.add(record(day(1)));
    writeFileSync(path.join(folder, 'foreign.json'), '{"a": 1}');
    writeFileSync(path.join(folder, 'broken.json'), '{"version": 1,');
    assert.deepEqual(ids(await open(2)), [day(1)]);
    assert.equal(warnings.length, 2);
    assert.ok(existsSync(path.join(folder, 'foreign.json')));
  });
});

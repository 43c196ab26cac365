import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { composeRecord, type RecordInputs } from '../../../src/generation/composeRecord';
import { parseRecord, serializeRecord, type GenerationRecord } from '../../../src/generation/generationRecord';
import { maxRecords, RecordStore } from '../../../src/generation/recordStore';
import { CounterTotals } from '../../../src/generation/counterTotals';

const gathered = (id: string): RecordInputs => ({
  id,
  from: 1,
  to: 2,
  startedBy: 'command',
  phase: null,
  counterTotals: new CounterTotals(),
  loadsBefore: undefined,
  loadsAfter: undefined,
  probedEngines: [],
  kvLast: undefined,
  kvHighest: undefined,
  nodeGpus: new Map(),
  engines: new Map(),
  scrapes: 0,
});
const context = { config: undefined, configName: undefined, raySession: undefined, replayed: false, isLocalRun: false };
const record = (id: string, cut = false): GenerationRecord =>
  composeRecord(gathered(id), undefined, context, cut ? 'cut off' : 'command');
const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T00-00-00-000Z`;

describe('records on disk', () => {
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

  it('are found again, newest first', async () => {
    const store = await open();
    for (const number of [2, 3, 1]) await store.add(record(day(number)));
    assert.deepEqual(ids(store), [day(3), day(2), day(1)]);
    const again = await open(2);
    assert.deepEqual(again.records, store.records);
  });

  it('are bounded: the oldest go', async () => {
    const store = await open();
    for (let number = 0; number < maxRecords + 3; number += 1)
      await store.add(record(`r${String(number).padStart(4, '0')}`));
    assert.equal(store.records.length, maxRecords);
    assert.equal(readdirSync(folder).length, maxRecords);
    assert.equal(store.get('r0002'), undefined);
    assert.ok(store.get('r0003'));
  });

  it('are deleted with their files', async () => {
    const store = await open();
    await store.add(record(day(1)));
    await store.remove(day(1));
    await store.remove('never there');
    assert.deepEqual([ids(store), readdirSync(folder)], [[], []]);
  });

  it('are adopted, marked as cut off, from a window that closed in the middle', async () => {
    const store = await open(77);
    await store.keepDraft(record(day(4), true));
    alive.add(77);
    assert.deepEqual(ids(await open(1)), [], 'its window still runs');
    alive.delete(77);
    const heir = await open(1);
    assert.deepEqual(
      heir.records.map(({ id, endedBy }) => [id, endedBy]),
      [[day(4), 'cut off']],
    );
    assert.deepEqual(readdirSync(folder), [`${day(4)}.json`]);
  });

  it('are adopted also where another process has that number now, or this one', async () => {
    await (await open(77)).keepDraft(record(day(4), true));
    assert.deepEqual(ids(await open(77)), [day(4)]);
    await (await open(78)).keepDraft(record(day(5), true));
    alive.add(78);
    const [draft] = readdirSync(folder).filter((name) => name.startsWith('draft-'));
    utimesSync(path.join(folder, draft!), 0, 0);
    assert.deepEqual(ids(await open(1)), [day(5), day(4)]);
  });

  it('written at the last moment are kept once, and the draft goes', async () => {
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

  it('that cannot be written are kept in memory, with the reason', async () => {
    writeFileSync(path.join(parent, 'not'), 'a file where a folder should be');
    const store = await open();
    await store.keepDraft(record(day(7)));
    await store.add(record(day(7)));
    store.addSync(record(day(8)));
    assert.deepEqual(ids(store), [day(7)]);
    assert.match(store.saveErrors.get(day(7)) ?? '', /ENOTDIR|EEXIST/);
    assert.equal(warnings.length, 3);
  });

  it('on a full disk leave no half file, and cost no record that is there', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const store = await open();
    await store.add(record(day(1)));
    // A link to the device that is always full, where the half file goes.
    const { symlinkSync } = await import('node:fs');
    symlinkSync('/dev/full', path.join(folder, `${day(2)}.json.half`));
    await store.add(record(day(2)));
    assert.match(store.saveErrors.get(day(2)) ?? '', /ENOSPC/);
    assert.deepEqual(readdirSync(folder), [`${day(1)}.json`]);
    assert.deepEqual(ids(store), [day(2), day(1)]);
    await store.add(record(day(2)));
    assert.equal(store.saveErrors.size, 0);
  });

  it('that are no records are left alone, and said', async () => {
    const store = await open();
    await store.add(record(day(1)));
    writeFileSync(path.join(folder, 'foreign.json'), '{"a": 1}');
    writeFileSync(path.join(folder, 'broken.json'), '{"version": 1,');
    assert.deepEqual(ids(await open(2)), [day(1)]);
    assert.equal(warnings.length, 2);
    assert.ok(existsSync(path.join(folder, 'foreign.json')));
  });
});

describe('a record as text', () => {
  it('is the same after being read back', () => {
    assert.deepEqual(parseRecord(serializeRecord(record(day(1)))), record(day(1)));
  });

  it('is refused with a field of another kind, an unknown one, or an event with an unknown one', () => {
    const changed = (change: object): string => JSON.stringify({ ...record(day(1)), ...change });
    assert.throws(() => parseRecord(changed({ version: 2 })), /version/);
    assert.throws(() => parseRecord(changed({ id: '../x' })), /id/);
    assert.throws(() => parseRecord(changed({ more: 1 })), /more/);
    assert.throws(() => parseRecord(changed({ event: { more: 1 } })), /more/);
    assert.throws(() => parseRecord('[]'), TypeError);
  });
});

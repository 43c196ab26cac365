/** Exports, captures, records and history files of any origin. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { parseCaptureIndex } from '../../src/capture/captureFiles';
import { ImportError, readExport } from '../../src/capture/readExport';
import { parseRecord } from '../../src/generation/generationRecord';
import { isChartData } from '../../src/shared/chartGuards';
import { exportText } from '../unit/capture/exampleExport';
import { memoryStorage, openWriter, reloadHistory } from '../unit/history/memoryStorage';
import { queryAll, start } from '../unit/history/support';
import type { FuzzTarget } from './fuzzTarget';

/** A change of one place: bytes are removed there, and others inserted. */
interface TextChange {
  /** From 0 to below 1. */
  place: number;
  removed: number;
  inserted: string;
}

const changes = fc.array(
  fc.record({
    place: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
    removed: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 2_000 })),
    inserted: fc.oneof(
      fc.constantFrom('', '\n', '"', ',', '-', '0', 'null', '1e999', '[', '}', '\r'),
      fc.string({ maxLength: 6 }),
    ),
  }),
  { maxLength: 4 },
);

const changeText = (text: string, all: readonly TextChange[]): string =>
  all.reduce((changed, { place, removed, inserted }) => {
    const at = Math.floor(place * changed.length);
    return changed.slice(0, at) + inserted + changed.slice(at + removed);
  }, text);

const texts = [
  exportText('jsonl'),
  exportText('csv'),
  '[{"file": "01-load-node0.prom.gz", "at_unix_s": 1795000000, "node": 0, "url": "http://192.0.2.1:1/metrics"}]',
];

async function checkText(text: string): Promise<void> {
  try {
    const { data } = await readExport([Buffer.from(text)], {
      subjectOf: () => 'engine',
      pause: () => Promise.resolve(),
    });
    assert.ok(isChartData(data), 'an import that the chart refuses');
  } catch (error) {
    assert.ok(error instanceof ImportError, String(error));
  }
  for (const parse of [(index: string) => parseCaptureIndex(Buffer.from(index)), parseRecord]) {
    try {
      await parse(text);
    } catch (error) {
      assert.ok(error instanceof SyntaxError || error instanceof TypeError, String(error));
    }
  }
}

export const importTarget: FuzzTarget<{ text: number; changes: TextChange[] }> = {
  name: 'imports',
  about: 'exports, captures and records: refused with a reason, or data that the chart can draw',
  inputs: fc.record({ text: fc.nat({ max: texts.length - 1 }), changes }),
  check: ({ text, changes: all }) => checkText(changeText(texts[text] ?? '', all)),
  shortCases: 300,
};

/** The files of a history of some minutes, made once. */
const storedHistory = (async () => {
  const storage = memoryStorage();
  await openWriter(storage, 'one').scrapeBetween(start, start + 300_000);
  return storage.files;
})();

async function checkHistory(all: readonly TextChange[]): Promise<void> {
  const storage = memoryStorage();
  for (const [name, bytes] of await storedHistory) {
    const changed = changeText(Buffer.from(bytes).toString('latin1'), all);
    storage.files.set(name, Buffer.from(changed, 'latin1'));
  }
  const history = await reloadHistory(storage, start + 400_000);
  assert.ok(isChartData(queryAll(history)), 'a history that the chart refuses');
}

export const historyTarget: FuzzTarget<{ changes: TextChange[] }> = {
  name: 'history',
  about: 'damaged history files: what is intact is loaded, and the chart can draw it',
  inputs: fc.record({ changes }),
  check: ({ changes: all }) => checkHistory(all),
  shortCases: 100,
};

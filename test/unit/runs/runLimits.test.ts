/** How much the file of a run may have: read at each limit, refused with words one above. */
import assert from 'node:assert/strict';
import { maxFileBytes, parseRunDocument, RunFileError, type RunDocument } from '../../../src/runs/runDocument';
import { rolloutsOf } from '../rollouts/someRollouts';
import { entryOf, runFile, runOf } from '../comparison/someRuns';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const series = (rows: number): RunDocument['series'][number] => ({
  measure: 'm',
  at: numbers(rows),
  value: numbers(rows),
});

type Change = (document: RunDocument, count: number) => RunDocument;
const inConfig = (document: RunDocument, entries: object[]): RunDocument =>
  ({ ...document, config: { file: 'a.sh', readAt: 0, entries } }) as RunDocument;

/** What is limited: how many there may be, and a file with so many. */
const limits: readonly (readonly [what: string, limit: number, field: string, change: Change])[] = [
  ['rollouts', 10_000, 'rollouts', (document, count) => ({ ...document, rollouts: rolloutsOf(count) })],
  ['series', 20_000, 'series', (document, count) => ({ ...document, series: numbers(count).map(() => series(1)) })],
  ['rows of a series', 100_000, 'series', (document, count) => ({ ...document, series: [series(count)] })],
  [
    'entries of a config',
    10_000,
    'config',
    (document, count) =>
      inConfig(
        document,
        numbers(count).map((index) => entryOf(`k${index}`, 1)),
      ),
  ],
  [
    'characters of a value',
    4_000,
    'config',
    (document, count) => inConfig(document, [{ key: 'k', value: 'x'.repeat(count) }]),
  ],
  [
    'processes',
    200,
    'run.processes',
    (document, count) => ({ ...document, run: { ...document.run, processes: numbers(count).map(String) } }),
  ],
];

describe('the file of a run', () => {
  let empty: RunDocument;
  before(async () => (empty = JSON.parse((await runFile(runOf('a', []))).toString()) as RunDocument));

  for (const [what, limit, field, change] of limits)
    it(`may have ${limit} ${what}, and not one more`, async () => {
      const parse = (count: number): Promise<RunDocument> =>
        parseRunDocument(Buffer.from(JSON.stringify(change(empty, count))));
      assert.equal((await parse(limit)).run.id, 'a');
      await assert.rejects(parse(limit + 1), new RunFileError(`it is damaged: "${field}" is not what a run has there`));
    });

  it('may have as many rows in all its series, and not one more', async () => {
    const rows = (count: number): RunDocument['series'] =>
      Array.from({ length: count }, () => ({
        measure: 'm',
        at: numbers(100_000),
        value: Array<null>(100_000).fill(null),
      }));
    const parse = (more: RunDocument['series']): Promise<RunDocument> =>
      parseRunDocument(Buffer.from(JSON.stringify({ ...empty, series: more })));
    const most = rows(30);
    assert.equal((await parse(most)).series.length, 30);
    await assert.rejects(parse([...most, series(1)]), /"series"/);
  });

  it('may have 32 MiB, and not a byte more', async () => {
    const entries = (count: number, rest: number): object[] => [
      ...numbers(count).map((index) => ({ key: `k${index}`, value: 'x'.repeat(4_000) })),
      { key: 'rest', value: 'x'.repeat(rest) },
    ];
    const textOf = (rest: number): string => JSON.stringify(inConfig(empty, entries(8_332, rest)));
    const missing = maxFileBytes - textOf(0).length;
    const [at, above] = [textOf(missing), textOf(missing + 1)].map((text) => Buffer.from(text));
    assert.equal(at?.length, maxFileBytes);
    assert.equal((await parseRunDocument(at)).config?.entries.length, 8_333);
    await assert.rejects(parseRunDocument(above ?? at), new RunFileError('it is larger than 32 MiB'));
  });
});

import assert from 'node:assert/strict';
import { ImportError, readExport, type ImportedData } from '../../../src/capture/readExport';
import { at, data, exportText } from './exampleExport';

const read = (content: string): Promise<ImportedData> =>
  readExport([Buffer.from(content)], {
    subjectOf: (id) => (id === 'of_a_later_version' ? undefined : id.startsWith('node') ? 'part' : 'engine'),
    pause: () => Promise.resolve(),
  });

describe('readExport', () => {
  it('returns what was exported', async () => {
    const fromJson = await read(exportText('jsonl'));
    assert.deepEqual(fromJson, { data, from: at, to: at + 10_000, unknownRows: 0 });
    assert.deepEqual(await read(exportText('csv')), { ...fromJson, data: { ...data, bands: [] } });
    assert.deepEqual(await read(exportText('csv').replaceAll('\n', '\r\n')), {
      ...fromJson,
      data: { ...data, bands: [] },
    });
  });

  it('knows the nodes of engines that JSON Lines name, and nothing else of a subject', async () => {
    const [first] = data.series.filter(({ engine }) => engine);
    const engine = { ...first!.engine!, node: '10.0.0.7' };
    const withNode = { ...data, series: data.series.map((one) => (one.engine ? { ...one, engine } : one)) };
    const text = exportText('jsonl', withNode);
    assert.deepEqual((await read(text)).data, withNode);
    const altered = text.replace('"node":"10.0.0.7"', '"node":"10.0.0.7","nonEngine":true,"other":1');
    assert.notEqual(altered, text);
    assert.deepEqual((await read(altered)).data, withNode);
  });

  it('distinguishes nodes from engines', async () => {
    const node = {
      measure: 'node_memory_used',
      engine: { id: 'node 10.0.0.1', name: '10.0.0.1', nonEngine: true as const },
      at: [at],
      value: [7],
    };
    const withNode = { ...data, series: [...data.series, node] };
    assert.deepEqual((await read(exportText('jsonl', withNode))).data, withNode);
    assert.deepEqual((await read(exportText('csv', withNode))).data, { ...withNode, bands: [] });
  });

  it('counts rows of measures that this version does not have', async () => {
    const later = exportText('jsonl', {
      ...data,
      series: [...data.series, { measure: 'of_a_later_version', at: [at], value: [1] }],
    });
    const imported = await read(later);
    assert.deepEqual([imported.unknownRows, imported.data.series.length], [1, 3]);
  });

  for (const [what, content, words] of [
    ['an empty file', '', /not an export/],
    ['another CSV file', 'a,b\n1,2\n', /not an export/],
    ['a JSON document', '{"a": 1}', /not an export/],
    ['an export of a newer version', '{"skyrl_metrics_export": 2, "of": "measures"}', /newer version/],
    ['raw series as JSON Lines', '{"skyrl_metrics_export": 1, "of": "series"}', /raw series/],
    ['raw series as CSV', 'at,time,target,name,labels,value\n', /raw series/],
    ['a broken row', `${exportText('jsonl')}{"at": 1,`, /Line 8/],
    ['a row of another kind', `${exportText('jsonl')}{"at": "x", "measure": "m", "value": 1}`, /Line 8/],
    ['a short row', `${exportText('csv')}1,2,3\n`, /Line 8/],
    ['a row with a text for a number', `${exportText('csv')}1,,m,,,,x,,\n`, /Line 8/],
    ['an export without rows', '{"skyrl_metrics_export": 1, "of": "measures"}\n', /no rows/],
  ] as const) {
    it(`rejects ${what} with a message`, async () => {
      await assert.rejects(read(content), (error: Error) => error instanceof ImportError && words.test(error.message));
    });
  }

  it('reads as many rows and series as it may, and not one more', async () => {
    const rows = (count: number): Buffer[] => [
      Buffer.from('{"skyrl_metrics_export": 1, "of": "measures"}\n'),
      ...Array.from({ length: count }, (_, at) => Buffer.from(`{"at":${at},"measure":"m${at % 3}","value":1}\n`)),
    ];
    const bounded = (count: number, bounds: { rows: number; series: number }): Promise<ImportedData> =>
      readExport(rows(count), { subjectOf: () => 'engine', pause: () => Promise.resolve(), bounds });
    assert.equal((await bounded(9, { rows: 9, series: 3 })).data.series.length, 3);
    for (const bounds of [
      { rows: 8, series: 3 },
      { rows: 9, series: 2 },
    ])
      await assert.rejects(bounded(9, bounds), (error: Error) =>
        /^This export has more than .* Export a shorter/.test(error.message),
      );
  });

  it('pauses after each 2,000 rows', async () => {
    let pauses = 0;
    const many = exportText('jsonl') + `{"at":1,"measure":"kv_cache_usage_perc","value":1}\n`.repeat(6000);
    await readExport([Buffer.from(many)], { subjectOf: () => 'engine', pause: () => Promise.resolve(void pauses++) });
    assert.equal(pauses, 3);
  });

  it('rejects with what pause rejects with', async () => {
    const many = exportText('jsonl') + `{"at":1,"measure":"kv_cache_usage_perc","value":1}\n`.repeat(6000);
    await assert.rejects(
      readExport([Buffer.from(many)], {
        subjectOf: () => 'engine',
        pause: () => Promise.reject(new Error('cancelled')),
      }),
      /cancelled/,
    );
  });
});

import assert from 'node:assert/strict';
import { measureLines, seriesLines, type ExportHeader, type ExportFormat } from '../../../src/capture/exportLines';
import { parseCsvLine, ImportError, readExport, type ImportedData } from '../../../src/capture/readExport';
import { RawSeriesBuffer } from '../../../src/capture/rawSeriesBuffer';
import type { ChartData } from '../../../src/shared/chartData';

const at = Date.UTC(2026, 10, 25, 21, 0, 0);
const engine = { id: '=HYPERLINK("x")', name: 'engine 0, "north"' };
const data: ChartData = {
  engineCount: 1,
  series: [
    {
      measure: 'kv_cache_usage_perc',
      at: [at, at + 1, at + 10_000],
      value: [0.5, null, 0],
      lowest: [0.25, null, 0],
      highest: [0.5, null, 0],
    },
    { measure: 'kv_cache_usage_perc', engine, at: [at, at + 10_000], value: [0.5, 1e-7] },
    { measure: 'num_requests_running', engine, at: [at], value: [3], lowest: [1], highest: [7] },
  ],
  bands: [
    { kind: 'phase', from: at, to: at + 5000, label: 'run_training' },
    { kind: 'reset', from: at + 6000, label: 'reset', engine },
  ],
};
const head: ExportHeader = { skyrl_metrics_export: 1, of: 'measures', from: at, to: at + 10_000, made: at + 20_000 };
const text = (format: ExportFormat, of: ChartData = data): string =>
  [
    ...measureLines(
      { header: head, data: of, unitOf: (id) => (id.startsWith('kv') ? 'fraction' : 'requests') },
      format,
    ),
  ].join('');
const read = (content: string): Promise<ImportedData> =>
  readExport(content, {
    subjectOf: (id) => (id === 'of_a_later_version' ? undefined : id.startsWith('node') ? 'part' : 'engine'),
    pause: () => Promise.resolve(),
  });

describe('an export of catalog values', () => {
  it('as JSON Lines has a head, and a row for each that was measured', () => {
    const lines = text('jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(lines[0]?.['units'], { kv_cache_usage_perc: 'fraction', num_requests_running: 'requests' });
    assert.deepEqual(lines[1], { at, measure: 'kv_cache_usage_perc', value: 0.5, lowest: 0.25, highest: 0.5 });
    assert.deepEqual(lines[2], { at: at + 1, measure: 'kv_cache_usage_perc', value: null });
    assert.deepEqual(lines[3], { at: at + 10_000, measure: 'kv_cache_usage_perc', value: 0, lowest: 0, highest: 0 });
    assert.equal(lines.length, 7);
  });

  it('as CSV leaves empty what was not measured, quotes text, and keeps it from being a formula', () => {
    const lines = text('csv').trimEnd().split('\n');
    assert.equal(lines[0], 'at,time,measure,unit,engine,engine_name,value,lowest,highest');
    assert.equal(lines[1], `${at},2026-11-25T21:00:00.000Z,kv_cache_usage_perc,fraction,,,0.5,0.25,0.5`);
    assert.equal(lines[2], `${at + 1},2026-11-25T21:00:00.001Z,kv_cache_usage_perc,fraction,,,,,`);
    assert.equal(
      lines[4],
      `${at},2026-11-25T21:00:00.000Z,kv_cache_usage_perc,fraction,"'=HYPERLINK(""x"")","engine 0, ""north""",0.5,,`,
    );
  });

  it('is the same when it is imported', async () => {
    const fromJson = await read(text('jsonl'));
    assert.deepEqual(fromJson, { data, from: at, to: at + 10_000, unknownRows: 0 });
    assert.deepEqual(await read(text('csv')), { ...fromJson, data: { ...data, bands: [] } });
    assert.deepEqual(await read(text('csv').replaceAll('\n', '\r\n')), { ...fromJson, data: { ...data, bands: [] } });
  });

  it('knows the lines of nodes from those of engines', async () => {
    const node = {
      measure: 'node_memory_used',
      engine: { id: 'node 10.0.0.1', name: '10.0.0.1', nonEngine: true as const },
      at: [at],
      value: [7],
    };
    const withNode = { ...data, series: [...data.series, node] };
    assert.deepEqual((await read(text('jsonl', withNode))).data, withNode);
    assert.deepEqual((await read(text('csv', withNode))).data, { ...withNode, bands: [] });
  });

  it('of a later version shows what this one knows', async () => {
    const later = text('jsonl', {
      ...data,
      series: [...data.series, { measure: 'of_a_later_version', at: [at], value: [1] }],
    });
    const imported = await read(later);
    assert.deepEqual([imported.unknownRows, imported.data.series.length], [1, 3]);
  });

  for (const [what, content, words] of [
    ['nothing', '', /no export/],
    ['something else', 'a,b\n1,2\n', /no export/],
    ['a JSON document', '{"a": 1}', /no export/],
    ['a newer version', '{"skyrl_metrics_export": 2, "of": "measures"}', /newer version/],
    ['raw series', '{"skyrl_metrics_export": 1, "of": "series"}', /raw series/],
    ['raw series', 'at,time,target,name,labels,value\n', /raw series/],
    ['a broken row', `${text('jsonl')}{"at": 1,`, /Line 8/],
    ['a row of another kind', `${text('jsonl')}{"at": "x", "measure": "m", "value": 1}`, /Line 8/],
    ['a short row', `${text('csv')}1,2,3\n`, /Line 8/],
    ['a row that is no number', `${text('csv')}1,,m,,,,x,,\n`, /Line 8/],
    ['no rows', '{"skyrl_metrics_export": 1, "of": "measures"}\n', /no rows/],
  ] as const) {
    it(`is refused, in words, where it is ${what}`, async () => {
      await assert.rejects(read(content), (error: Error) => error instanceof ImportError && words.test(error.message));
    });
  }

  it('may be cancelled while it is read', async () => {
    const many = text('jsonl') + `{"at":1,"measure":"kv_cache_usage_perc","value":1}\n`.repeat(6000);
    await assert.rejects(
      readExport(many, { subjectOf: () => 'engine', pause: () => Promise.reject(new Error('cancelled')) }),
      /cancelled/,
    );
  });

  it('has CSV fields with commas, quotes and apostrophes', () => {
    assert.deepEqual(parseCsvLine(`a,"b,""c""",,'=x,'y,`), ['a', 'b,"c"', '', '=x', "'y", '']);
    assert.deepEqual(parseCsvLine(''), ['']);
  });
});

describe('an export of raw series', () => {
  const siblings = (
    name: string,
    labels: [string, string][],
  ): { name: string; labels: Map<string, string>; meta: unknown } => ({
    name,
    labels: new Map(labels),
    meta: undefined,
  });
  const series = [
    { group: siblings('vllm:x_bucket', [['__proto__', 'p']]), le: '+Inf' },
    { group: siblings('vllm:y', []), le: undefined },
  ];
  const raw = new RawSeriesBuffer();
  raw.add(at, 'http://a/metrics', series, Float64Array.of(1, NaN));
  raw.add(at + 10_000, 'http://a/metrics', series, Float64Array.of(2, Infinity));
  const rawHead: ExportHeader = { ...head, of: 'series' };

  it('as JSON Lines has each sample with its labels', () => {
    const lines = [...seriesLines(rawHead, raw.scrapesBetween(at, at), 'jsonl')];
    assert.deepEqual(lines.slice(1), [
      `{"at":${at},"target":"http://a/metrics","name":"vllm:x_bucket","labels":{"__proto__":"p","le":"+Inf"},"value":1}\n`,
      `{"at":${at},"target":"http://a/metrics","name":"vllm:y","labels":{},"value":"NaN"}\n`,
    ]);
  });

  it('as CSV has the labels as JSON', () => {
    const lines = [...seriesLines(rawHead, raw.scrapesBetween(at + 1, Infinity), 'csv')];
    assert.equal(
      lines[1],
      `${at + 10_000},2026-11-25T21:00:10.000Z,http://a/metrics,vllm:x_bucket,"{""__proto__"":""p"",""le"":""+Inf""}",2\n`,
    );
    assert.ok(lines[2]?.endsWith(',+Inf\n') || lines[2]?.endsWith(",'+Inf\n"));
  });

  it('goes back as far as its memory lasts', () => {
    const small = new RawSeriesBuffer(100);
    for (let step = 0; step < 50; step += 1)
      small.add(at + step, 'http://a/metrics', series, Float64Array.of(step, step));
    assert.ok((small.oldestAt ?? 0) > at + 40);
    assert.equal(small.scrapesBetween(0, Infinity).at(-1)?.values[0], 49);
    assert.equal(
      small.scrapesBetween(0, Infinity)[0]?.series,
      small.scrapesBetween(0, Infinity).at(-1)?.series,
      'one list for all',
    );
    small.add(at + 60, 'http://a/metrics', [...series, ...series], Float64Array.of(1, 2, 3, 4));
    assert.equal(small.scrapesBetween(at + 60, at + 60)[0]?.series.length, 4);
    small.clear();
    assert.equal(small.oldestAt, undefined);
  });
});

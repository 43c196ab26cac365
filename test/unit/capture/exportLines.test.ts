import assert from 'node:assert/strict';
import { seriesLines, type ExportHeader } from '../../../src/capture/exportLines';
import { RawSeriesBuffer } from '../../../src/capture/rawSeriesBuffer';
import { at, exportText, header, series } from './exampleExport';

describe('measureLines', () => {
  it('writes a header and a row for each point as JSON Lines', () => {
    const lines = exportText('jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(lines[0]?.['units'], { kv_cache_usage_perc: 'fraction', num_requests_running: 'requests' });
    assert.deepEqual(lines[1], { at, measure: 'kv_cache_usage_perc', value: 0.5, lowest: 0.25, highest: 0.5 });
    assert.deepEqual(lines[2], { at: at + 1, measure: 'kv_cache_usage_perc', value: null });
    assert.deepEqual(lines[3], { at: at + 10_000, measure: 'kv_cache_usage_perc', value: 0, lowest: 0, highest: 0 });
    assert.equal(lines.length, 7);
  });

  it('leaves missing values empty in CSV, and quotes text so that it is no formula', () => {
    const lines = exportText('csv').trimEnd().split('\n');
    assert.equal(lines[0], 'at,time,measure,unit,engine,engine_name,value,lowest,highest');
    assert.equal(lines[1], `${at},2026-11-25T21:00:00.000Z,kv_cache_usage_perc,fraction,,,0.5,0.25,0.5`);
    assert.equal(lines[2], `${at + 1},2026-11-25T21:00:00.001Z,kv_cache_usage_perc,fraction,,,,,`);
    assert.equal(
      lines[4],
      `${at},2026-11-25T21:00:00.000Z,kv_cache_usage_perc,fraction,"'=HYPERLINK(""x"")","engine 0, ""north""",0.5,,`,
    );
  });
});

describe('seriesLines', () => {
  const buffer = new RawSeriesBuffer();
  buffer.add(at, 'http://a/metrics', series, Float64Array.of(1, NaN));
  buffer.add(at + 10_000, 'http://a/metrics', series, Float64Array.of(2, Infinity));
  const rawHeader: ExportHeader = { ...header, of: 'series' };

  it('writes each sample with its labels as JSON Lines', () => {
    const lines = [...seriesLines(rawHeader, buffer.scrapesBetween(at, at), 'jsonl')];
    assert.deepEqual(lines.slice(1), [
      `{"at":${at},"target":"http://a/metrics","name":"vllm:x_bucket","labels":{"__proto__":"p","le":"+Inf"},"value":1}\n`,
      `{"at":${at},"target":"http://a/metrics","name":"vllm:y","labels":{},"value":"NaN"}\n`,
    ]);
  });

  it('writes the labels as JSON in CSV', () => {
    const lines = [...seriesLines(rawHeader, buffer.scrapesBetween(at + 1, Infinity), 'csv')];
    assert.equal(
      lines[1],
      `${at + 10_000},2026-11-25T21:00:10.000Z,http://a/metrics,vllm:x_bucket,"{""__proto__"":""p"",""le"":""+Inf""}",2\n`,
    );
    assert.ok(lines[2]?.endsWith(',+Inf\n'));
  });
});

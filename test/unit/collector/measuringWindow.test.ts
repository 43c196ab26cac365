/** A measuring window between two recorded scrapes. */
import { strict as assert } from 'node:assert';
import {
  pauseMeasuringWindow,
  resumeMeasuringWindow,
  newMeasuringWindow,
  measureWindow,
  moveMeasuringWindow,
} from '../../../src/collector/measuringWindow';
import { SeriesIndexes } from '../../../src/metrics/seriesIndex';
import { TargetReader, type TargetReading } from '../../../src/metrics/targetReader';
import { loadRecording } from '../../demonstration/index';
import { readerOf, targetOf } from '../support/replay';
import { at } from '../metrics/scene';
import { catalogIndex } from '../support/catalogIndex';

/** The readings of two recorded scrapes, and by how much a counter grew between them, summed over their lines. */
function recorded(): {
  first: Map<string, TargetReading>;
  last: Map<string, TargetReading>;
  grown: (name: string) => number;
} {
  const { steps } = loadRecording('ray-2.57');
  const readings = new TargetReader(new SeriesIndexes(catalogIndex));
  const readers = new Map([0, 1].map((node) => [node, readerOf(targetOf(node))]));
  const [first, last] = [steps[0]!, steps[4]!];
  const read = (step: typeof first): Map<string, TargetReading> =>
    new Map(
      step.bodies.map(({ node, bytes }) => {
        const reader = readers.get(node)!;
        reader.begin();
        reader.feed(bytes);
        const { url } = targetOf(node);
        return [url, readings.read(url, step.at, reader.end())] as const;
      }),
    );
  const total = (step: typeof first, name: string): number =>
    step.bodies.reduce(
      (sum, { bytes }) =>
        [...bytes.toString('utf8').matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'gm'))].reduce(
          (all, [, count]) => all + Number(count),
          sum,
        ),
      0,
    );
  const before = read(first);
  for (const { engines } of before.values())
    for (const { seriesIndex, values } of engines.values()) seriesIndex.markSeen(values);
  return { first: before, last: read(last), grown: (name) => total(last, name) - total(first, name) };
}

describe('a measuring window', () => {
  const { first, last, grown } = recorded();
  const near = (value: number | undefined, wanted: number): void =>
    assert.ok(Math.abs((value ?? NaN) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${value}, not ${wanted}`);

  it('divides throughput by the time that was not paused, and takes ratios and means over all of it', () => {
    let window = newMeasuringWindow(first, at(0));
    window = pauseMeasuringWindow(window, at(10));
    window = resumeMeasuringWindow(window, at(30));
    window = pauseMeasuringWindow(window, at(40));
    const { values, seconds } = measureWindow(catalogIndex.skyrl, window, last, at(50));
    assert.equal(seconds, 20);
    near(values['vllm/generation_throughput_tok_s'], grown('ray_vllm_generation_tokens_total') / 20);
    near(values['vllm/prompt_throughput_tok_s'], grown('ray_vllm_prompt_tokens_total') / 20);
    near(
      values['vllm/prefix_cache_hit_rate'],
      grown('ray_vllm_prefix_cache_hits_total') / grown('ray_vllm_prefix_cache_queries_total'),
    );
    near(
      values['vllm/ttft_seconds_avg'],
      grown('ray_vllm_time_to_first_token_seconds_sum') / grown('ray_vllm_time_to_first_token_seconds_count'),
    );
  });

  it('has the gauges of the stop', () => {
    const running = loadRecording('ray-2.57').steps[4]!.bodies.flatMap(({ bytes }) =>
      [...bytes.toString('utf8').matchAll(/^ray_vllm_num_requests_running\{.*\} (\S+)$/gm)].map(([, value]) =>
        Number(value),
      ),
    );
    near(
      measureWindow(catalogIndex.skyrl, newMeasuringWindow(first, at(0)), last, at(40)).values[
        'vllm/num_requests_running'
      ],
      running.reduce((sum, value) => sum + value, 0),
    );
  });

  it('ignores a pause within a pause, and a resume without a pause', () => {
    const window = pauseMeasuringWindow(
      pauseMeasuringWindow(resumeMeasuringWindow(newMeasuringWindow(first, at(0)), at(5)), at(10)),
      at(20),
    );
    assert.equal(
      measureWindow(
        catalogIndex.skyrl,
        resumeMeasuringWindow(resumeMeasuringWindow(window, at(30)), at(40)),
        last,
        at(50),
      ).seconds,
      30,
    );
  });

  it('has ratios but no rates if it was paused all the time', () => {
    const { values, seconds } = measureWindow(
      catalogIndex.skyrl,
      pauseMeasuringWindow(newMeasuringWindow(first, at(0)), at(0)),
      last,
      at(50),
    );
    assert.deepEqual(
      [seconds, 'vllm/generation_throughput_tok_s' in values, 'vllm/prefix_cache_hit_rate' in values],
      [0, false, true],
    );
  });

  it('compares no two processes of one target', () => {
    const start = (readings: Map<string, TargetReading>, processStart: number): Map<string, TargetReading> =>
      new Map([...readings].map(([url, reading]) => [url, { ...reading, processStart }]));
    const { values } = measureWindow(
      catalogIndex.skyrl,
      newMeasuringWindow(start(first, 1), at(0)),
      start(last, 2),
      at(50),
    );
    assert.deepEqual(
      Object.keys(values).filter((key) => key.includes('throughput') || key.includes('rate')),
      [],
    );
    assert.ok((values['vllm/num_requests_running'] ?? 0) > 0);
  });

  it('measures the same if the machine’s clock was set in between', () => {
    const hour = 3_600_000;
    const later = new Map([...last].map(([url, reading]) => [url, { ...reading, at: reading.at - hour }]));
    const paused = pauseMeasuringWindow(newMeasuringWindow(first, at(0)), at(20));
    const resumed = resumeMeasuringWindow(moveMeasuringWindow(paused, -hour), at(30) - hour);
    assert.deepEqual(
      measureWindow(catalogIndex.skyrl, resumed, later, at(50) - hour),
      measureWindow(catalogIndex.skyrl, resumeMeasuringWindow(paused, at(30)), last, at(50)),
    );
  });
});

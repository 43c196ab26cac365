/** The report of a measuring window: values, what is absent, and notes. */
import { strict as assert } from 'node:assert';
import { pauseMeasuringWindow, resumeMeasuringWindow } from '../../../src/collector/measuringWindow';
import { measuringWindowKeys, measuringWindowUnit } from '../../../src/collector/measuringWindowKeys';
import {
  startMeasuringWindow,
  stopMeasuringWindow,
  type OpenMeasuringWindow,
  type MeasuringWindowReport,
  type MeasuringWindowScrape,
} from '../../../src/collector/measuringWindowReport';
import { replayRecording, type ReplayedStep, type ReplayOptions } from '../support/replay';
import { loadRecording } from '../../demonstration/index';
import { assertSameValues } from '../metrics/assertSameValues';
import { catalogIndex } from '../support/catalogIndex';

const scrapeOf = ({ snapshot, answers }: ReplayedStep, run = 'session'): MeasuringWindowScrape => ({
  snapshot,
  answers,
  runId: run,
});

async function between(
  first: string,
  last: string,
  options: ReplayOptions = {},
  paused: (opened: OpenMeasuringWindow) => OpenMeasuringWindow = (opened) => opened,
): Promise<MeasuringWindowReport> {
  const steps = await replayRecording('ray-2.57', options);
  const at = (name: string): ReplayedStep => steps.find(({ step }) => step.name.startsWith(name))!;
  const opened = startMeasuringWindow(scrapeOf(at(first)), catalogIndex);
  assert.ok(opened);
  const report = stopMeasuringWindow(paused(opened), scrapeOf(at(last)));
  assert.ok(report);
  return report;
}

const skyrl = (name: string): Record<string, number> =>
  loadRecording('ray-2.57').steps.find((step) => step.name.startsWith(name))!.skyrlValues;

describe('the report of a measuring window', () => {
  it('has the values that SkyRL’s own scraper logged between two scrapes', async () => {
    const report = await between('02', '03');
    // SkyRL's clock loses the last digits of a moment in seconds.
    const clocked = Object.entries(skyrl('03')).map(([key, value]) => [
      key,
      key.endsWith('_tok_s') && Math.abs((report.values[key] ?? NaN) / value - 1) < 1e-7 ? report.values[key] : value,
    ]);
    assertSameValues(report.values, Object.fromEntries(clocked) as Record<string, number>, 'step 03');
    assert.deepEqual([report.seconds, report.notes], [report.secondsInAll, []]);
    assert.deepEqual(
      Object.keys(report.absent),
      measuringWindowKeys.filter((key) => key.startsWith('vllm/draft_')),
    );
  });

  it('divides by the time that was not paused, and reports both times', async () => {
    const half = (opened: OpenMeasuringWindow): OpenMeasuringWindow => ({
      ...opened,
      window: resumeMeasuringWindow(
        pauseMeasuringWindow(opened.window, opened.window.from + 2000),
        opened.window.from + 7000,
      ),
    });
    const [whole, report] = [await between('02', '03'), await between('02', '03', {}, half)];
    assert.ok(Math.abs(report.secondsInAll - report.seconds - 5) < 1e-9);
    const rate = 'vllm/generation_throughput_tok_s';
    assert.ok(
      Math.abs((report.values[rate] ?? NaN) * report.seconds - (whole.values[rate] ?? NaN) * whole.seconds) < 1e-6,
    );
    assert.equal(report.values['vllm/ttft_seconds_avg'], whole.values['vllm/ttft_seconds_avg']);
  });

  it('says why a value is absent: idle engines have no gauges, and a pause all the time leaves no rate', async () => {
    const idle = await between('05', '07');
    assert.match(idle.absent['vllm/num_requests_running'] ?? '', /no engine said it at the stop/);
    const stopped = await between('02', '03', {}, (opened) => ({
      ...opened,
      window: pauseMeasuringWindow(opened.window, opened.window.from),
    }));
    assert.deepEqual(
      [stopped.seconds, stopped.absent['vllm/prompt_throughput_tok_s']],
      [0, 'the window was paused throughout.'],
    );
    for (const key of measuringWindowKeys)
      for (const { values, absent } of [idle, stopped]) assert.equal(key in values, !(key in absent), key);
  });

  it('names targets that did not answer at the start or at the stop', async () => {
    const lost = await between('02', '03', { fails: (step, node) => step.startsWith('03') && node === 1 });
    assert.match(lost.notes.join(), /192\.0\.2\.1:1\/metrics did not answer at the stop \(refused\)/);
    const late = await between('02', '03', { fails: (step, node) => step.startsWith('02') && node === 1 });
    assert.match(
      late.notes.join(),
      /192\.0\.2\.1:1\/metrics did not answer at the start \(refused\): what its engines counted is not in/,
    );
    const rate = 'vllm/generation_throughput_tok_s';
    assert.ok((late.values[rate] ?? Infinity) < (skyrl('03')[rate] ?? 0), 'the whole life of an engine was counted');
  });

  it('names engines that appeared in between, and another run', async () => {
    const restarted = await between('10', '12');
    assert.match(restarted.notes.join(), /Came in the window, and is counted from its beginning: engine \d/);
    const [first, , last] = await replayRecording('ray-2.57');
    const report = stopMeasuringWindow(
      startMeasuringWindow(scrapeOf(first!), catalogIndex)!,
      scrapeOf(last!, 'another'),
    );
    assert.match(report?.notes.join() ?? '', /session or the servers are others/);
  });

  it('is missing if no engine answers: nothing starts, and what is open stays open', async () => {
    const steps = await replayRecording('ray-2.57', { fails: (step) => step.startsWith('03') });
    const silent = scrapeOf(steps[2]!);
    assert.equal(startMeasuringWindow(silent, catalogIndex), undefined);
    assert.equal(stopMeasuringWindow(startMeasuringWindow(scrapeOf(steps[1]!), catalogIndex)!, silent), undefined);
  });

  it('has every key of SkyRL, with its unit', () => {
    assert.deepEqual([...measuringWindowKeys].sort(), catalogIndex.skyrl.formulas.map(([key]) => key).sort());
    for (const key of measuringWindowKeys) assert.notEqual(measuringWindowUnit(key), '');
  });
});

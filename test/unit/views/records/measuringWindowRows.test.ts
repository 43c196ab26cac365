import assert from 'node:assert/strict';
import { pauseMeasuringWindow } from '../../../../src/collector/measuringWindow';
import {
  startMeasuringWindow,
  unpausedMs,
  type OpenMeasuringWindow,
} from '../../../../src/collector/measuringWindowReport';
import { measuringWindowRows } from '../../../../src/views/records/measuringWindowRows';
import { catalogIndex } from '../../support/catalogIndex';
import { replayRecording } from '../../support/replay';

describe('measuringWindowRows', () => {
  it('shows an open window with both times and its state', async () => {
    const { snapshot, answers } = (await replayRecording('ray-2.57'))[1]!;
    const opened = startMeasuringWindow({ snapshot, answers, runId: 'session' }, catalogIndex)!;
    const { from } = opened.window;
    const paused = { ...opened, window: pauseMeasuringWindow(opened.window, from + 10_000) };
    const row = (openWindow: OpenMeasuringWindow): string =>
      measuringWindowRows(
        {
          from,
          unpausedMs: unpausedMs(openWindow, from + 40_000),
          paused: openWindow.window.pausedAt !== undefined,
        },
        from + 40_000,
      )
        .map(({ label, description, context }) => `${label}|${description}|${context}`)
        .join();
    assert.match(row(opened), /^Measuring window\|open · 40 s · since \d\d:\d\d:\d\d\|window-open$/);
    assert.match(row(paused), /^Measuring window\|paused · 10 s of 40 s · since \d\d:\d\d:\d\d\|window-paused$/);
  });

  it('has no row without a window', () => assert.deepEqual(measuringWindowRows(undefined, 0), []));

  it('says why a window ended, until a click dismisses it', () => {
    assert.deepEqual(
      measuringWindowRows({ ended: 'It was.' }, 0).map(({ description, context, command }) => [
        description,
        context,
        command?.title,
      ]),
      [['It was.', 'window-ended', 'Dismiss']],
    );
  });
});

import assert from 'node:assert/strict';
import { startMeasuringWindow, stopMeasuringWindow } from '../../../../src/collector/measuringWindowReport';
import { measuringWindowText } from '../../../../src/views/records/measuringWindowText';
import { codeSpan } from '../../../../src/views/shared/codeSpan';
import { catalogIndex } from '../../support/catalogIndex';
import { replayRecording, type ReplayedStep } from '../../support/replay';

describe('measuringWindowText', () => {
  it('has keys, units, both times and what is absent with the reason; untrusted notes stay text', async () => {
    const steps = await replayRecording('ray-2.57');
    const scrapeOf = (name: string) => {
      const { snapshot, answers } = steps.find(({ step }: ReplayedStep) => step.name.startsWith(name))!;
      return { snapshot, answers, runId: 'session' };
    };
    const measured = stopMeasuringWindow(startMeasuringWindow(scrapeOf('02'), catalogIndex)!, scrapeOf('03'))!;
    const report = { ...measured, notes: ['http://x did not answer: <b>|`$(x)`'] };
    const text = measuringWindowText(report, { engines: 3, replayed: true });
    assert.match(text, /10\.1 s un-paused, 10\.1 s in all\. 3 engines/);
    assert.match(text, /\| vllm\/num_requests_running +\| +15 \| requests, of all engines, at the stop \|/);
    assert.match(text, /## Absent\n\n- vllm\/draft_num_draft_tokens: nothing was drafted/);
    assert.ok(text.includes(`- ${codeSpan(report.notes[0]!)}`) && text.includes('recorded scrapes'));
  });
});

import assert from 'node:assert/strict';
import { statusBarText, withoutPadding } from '../../../../src/views/statusBar/statusBarText';
import { replayRecording } from '../../support/replay';

describe('statusBarText', () => {
  it('has the fullest cache, what runs, and living engines of those expected', async () => {
    const { step, snapshot } = (await replayRecording('ray-2.57'))[1] ?? assert.fail();
    assert.match(statusBarText(snapshot, 4, step.at), /^KV .?\d+% · .*\d+ running · 3\/4$/);
  });

  it('has the age of old numbers, and no total if it is unknown', async () => {
    const { snapshot } = (await replayRecording('ray-2.57'))[1] ?? assert.fail();
    assert.match(statusBarText(snapshot, undefined, snapshot.at + 40_000), / running · 3 · 40 s$/);
  });

  it('has dashes for what is absent', async () => {
    const { snapshot } = (await replayRecording('ray-2.57'))[1] ?? assert.fail();
    assert.equal(statusBarText({ ...snapshot, measures: {} }, 3, snapshot.at), 'KV – · – running · 3/3');
  });

  it('keeps its width with padding that a screen reader does not get', async () => {
    const { snapshot } = (await replayRecording('ray-2.57'))[1] ?? assert.fail();
    const withMeasures = (kv: number, running: number) => ({
      ...snapshot,
      measures: {
        kv_cache_usage_perc: { value: kv, to: snapshot.at },
        num_requests_running: { value: running, to: snapshot.at },
      },
    });
    const texts = [
      statusBarText(withMeasures(0.05, 3), 3, snapshot.at),
      statusBarText(withMeasures(0.91, 42), 3, snapshot.at),
    ];
    assert.equal(texts[0]?.length, texts[1]?.length);
    assert.equal(withoutPadding(texts[0] ?? ''), 'KV 5% · 3 running · 3/3');
  });
});

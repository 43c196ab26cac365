import assert from 'node:assert/strict';
import { findingTexts, statusBarText, withoutPadding } from '../../../../src/views/statusBar/statusBarText';
import type { Finding } from '../../../../src/api';
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

  it('says how many engines do not report: silent ones, and those of failed targets once they are old', async () => {
    const { snapshot } = (await replayRecording('ray-2.57'))[1] ?? assert.fail();
    const engines = snapshot.engines.map((engine, index) => ({
      ...engine,
      state: index === 0 ? ('silent' as const) : engine.state,
    }));
    const text = (changed: typeof snapshot): string => statusBarText(changed, 3, snapshot.at);
    assert.match(text({ ...snapshot, engines }), / · 3\/3 · 1 of 3 not reporting$/);
    const [target] = snapshot.targets;
    assert.ok(target);
    const failed = snapshot.engines.map(({ node }) => ({
      ...target,
      url: `http://${node}:44217/metrics`,
      state: 'failed' as const,
    }));
    assert.doesNotMatch(text({ ...snapshot, targets: failed }), /not reporting/);
    const later = { ...snapshot, at: snapshot.at + 60_000, targets: failed };
    assert.match(text(later), /3 of 3 not reporting/);
    assert.doesNotMatch(
      text({ ...later, engines: later.engines.map((engine) => ({ ...engine, state: 'dead' as const })) }),
      /not reporting/,
    );
  });

  it('has one line in the tooltip for what holds for many engines', () => {
    const finding = (n: number): Finding => ({
      id: 'engine-dead',
      severity: 'error',
      message: `engine ${n} is dead.`,
      engine: `w${n}`,
    });
    assert.deepEqual(findingTexts([1, 2, 3, 4].map(finding)), ['4 engines: dead']);
    assert.deepEqual(findingTexts([1, 2].map(finding)), ['engine 1 is dead.', 'engine 2 is dead.']);
  });
});

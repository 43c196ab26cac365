import { strict as assert } from 'node:assert';
import { rayRecordings } from '../../demonstration/index';
import { replayRecording } from '../support/replay';
import { assertSameValues } from './assertSameValues';

describe('values: what SkyRL’s own scraper (a9564572) makes of the same bytes', () => {
  for (const name of rayRecordings) {
    it(`${name}: every step has SkyRL’s keys and values`, async () => {
      for (const { step, snapshot } of await replayRecording(name))
        assertSameValues(snapshot.values, step.skyrlValues, `${name} ${step.name}`);
    });

    it(`${name}: neither the trigger nor the actors change a value`, async () => {
      for (const { step, snapshot } of await replayRecording(name, { trigger: 'timer', withActors: false })) {
        assertSameValues(snapshot.values, step.skyrlValues, `${name} ${step.name}`);
      }
    });
  }

  it('the window is the time between the scrapes; the first scrape has none', async () => {
    const replayed = await replayRecording('ray-2.57');
    replayed.forEach(({ step, snapshot }, index) => {
      const before = replayed[index - 1];
      assert.deepEqual(snapshot.window, before && { from: before.step.at, to: step.at });
      assert.equal(snapshot.at, step.at);
    });
  });

  it('every report says how many bytes and samples came', async () => {
    for (const { step, snapshot } of await replayRecording('ray-2.57')) {
      assert.deepEqual(
        snapshot.targets.map(({ state, bytes }) => [state, bytes]),
        step.bodies.map(({ bytes }) => ['ok', bytes.length]),
      );
      assert.ok(snapshot.targets.every(({ samples }) => samples > 500));
    }
  });
});

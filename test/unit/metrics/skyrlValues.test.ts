import { strict as assert } from 'node:assert';
import { rayRecordings } from '../../demonstration/index';
import { replayRecording } from '../support/replay';
import { assertSameValues } from './assertSameValues';

/** A node was lost, so that SkyRL's sums fell and it logged no rates (docs/metrics.md, Where values differ). */
const lostNodes = new Set(['ray-2.60 s12']);

describe('skyrlValues: the values of SkyRL’s own scraper (revision a9564572) for the same bytes', () => {
  for (const name of rayRecordings) {
    it(`has SkyRL’s keys and values in every step of ${name}`, async () => {
      for (const { step, snapshot } of await replayRecording(name))
        if (!lostNodes.has(`${name} ${step.name}`))
          assertSameValues(snapshot.values, step.skyrlValues, `${name} ${step.name}`);
    });

    it(`has the same values of ${name} with another trigger and without actors`, async () => {
      for (const { step, snapshot } of await replayRecording(name, { trigger: 'timer', withActors: false })) {
        if (!lostNodes.has(`${name} ${step.name}`))
          assertSameValues(snapshot.values, step.skyrlValues, `${name} ${step.name}`);
      }
    });
  }

  it('covers the time between the scrapes, and has none in the first', async () => {
    const replayed = await replayRecording('ray-2.57');
    replayed.forEach(({ step, snapshot }, index) => {
      const before = replayed[index - 1];
      assert.deepEqual(snapshot.window, before && { from: before.step.at, to: step.at });
      assert.equal(snapshot.at, step.at);
    });
  });

  it('reports bytes and samples of every target', async () => {
    for (const { step, snapshot } of await replayRecording('ray-2.57')) {
      assert.deepEqual(
        snapshot.targets.map(({ state, bytes }) => [state, bytes]),
        step.bodies.map(({ bytes }) => ['ok', bytes.length]),
      );
      assert.ok(snapshot.targets.every(({ samples }) => samples > 500));
    }
  });
});

import assert from 'node:assert/strict';
import { openCaptureReplay, type CaptureReplay } from '../../../src/capture/captureReplay';
import { playReplay } from '../../../src/capture/replayPlayer';
import { fixturePath } from '../../demonstration/paths';
import { manualClock, type ManualClock } from '../support/clock';

describe('playReplay', () => {
  let clock: ManualClock;
  let replay: CaptureReplay;
  let scraped: number[];
  let errors: unknown[];
  const scrape = async (): Promise<void> => {
    scraped.push(replay.stepIndex);
    if (replay.stepIndex === 1) throw new Error('refused');
  };

  beforeEach(async () => {
    clock = manualClock();
    replay = await openCaptureReplay(fixturePath('ray-2.57'), clock);
    [scraped, errors] = [[], []];
  });

  it('scrapes each step once at its time, also after a scrape that fails', async () => {
    playReplay(replay, scrape, (error) => errors.push(error));
    for (let step = 0; step < replay.stepCount; step += 1) await clock.advance(replay.stepDurationMs ?? 0);
    assert.deepEqual(scraped, [...Array(replay.stepCount).keys()]);
    assert.equal(errors.length, 1);
    assert.equal(clock.pending, 0);
  });

  it('moves on when it is skipped, and leaves no timer when it is stopped', async () => {
    const player = playReplay(replay, scrape, (error) => errors.push(error));
    await clock.advance(0);
    assert.ok(player.skip());
    assert.deepEqual([replay.stepIndex, scraped], [1, [0]]);
    player.stop();
    await clock.advance(600_000);
    assert.deepEqual([replay.stepIndex, scraped, clock.pending], [1, [0], 0]);
  });
});

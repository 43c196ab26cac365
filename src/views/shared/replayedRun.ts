/** A recording that is replayed in place of the live run. */
import type { CaptureReplay } from '../../capture/captureReplay';
import { playReplay, type ReplayPlayer } from '../../capture/replayPlayer';
import type { CollectorInput } from '../../collector/round';
import type { WatchedRun } from './watchedRun';

/**
 * The collector's input for a replay: the recorded targets, and no request leaves this machine. The recording that
 * ships with the extension has nothing to do with the config and the run that a person chose.
 */
export function replayInput(live: CollectorInput, { discovery, example }: CaptureReplay): CollectorInput {
  const { source: _, model, chosenJob, disaggregated, expectedEngines, ...common } = live;
  const own = {
    expectedEngines,
    ...(model !== undefined && { model }),
    ...(chosenJob !== undefined && { chosenJob }),
    ...(disaggregated !== undefined && { disaggregated }),
  };
  return {
    ...common,
    ...(example ? { expectedEngines: example.expectedEngines } : own),
    discovery,
    requestsAllowed: true,
    ignoreHold: true,
    offersSource: false,
  };
}

/** Plays a recording until it is disposed of. */
export class ReplayedRun {
  private readonly player: ReplayPlayer;

  /** Starts to play: one scrape a step, the first after the caller has put the replay in place. */
  constructor(
    readonly replay: CaptureReplay,
    readonly run: WatchedRun,
    onError: (error: unknown) => void,
  ) {
    const scrape = async (): Promise<void> => {
      await Promise.resolve();
      await run.collector.tick();
    };
    this.player = playReplay(replay, scrape, onError);
  }

  /** Moves to the next step, which the next scrape reads. */
  skipToNextStep(): void {
    this.player.skip();
  }

  async dispose(): Promise<void> {
    this.player.stop();
    await this.run.dispose();
  }
}

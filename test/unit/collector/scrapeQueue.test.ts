/** One scrape at a time. */
import assert from 'node:assert/strict';
import type { Snapshot, Trigger } from '../../../src/api';
import { ScrapeQueue } from '../../../src/collector/scrapeQueue';

const snapshotAt = (at: number): Snapshot => ({
  at,
  window: undefined,
  trigger: 'api',
  values: {},
  measures: {},
  sinceStart: {},
  engines: [],
  targets: [],
  findings: [],
});

/** A queue whose scrapes end when they are told to. */
function newQueue(): {
  queue: ScrapeQueue;
  triggers: Trigger[];
  changes: boolean[];
  end: (error?: Error) => void;
  abort: () => void;
} {
  const triggers: Trigger[] = [];
  const changes: boolean[] = [];
  const cancellation = new AbortController();
  let end: (error?: Error) => void = () => undefined;
  const run = (trigger: Trigger): Promise<Snapshot> =>
    new Promise((resolve, reject) => {
      triggers.push(trigger);
      end = (error) => (error ? reject(error) : resolve(snapshotAt(triggers.length)));
    });
  const queue: ScrapeQueue = new ScrapeQueue(run, cancellation.signal, () => changes.push(queue.isRunning));
  return {
    queue,
    triggers,
    changes,
    end: (error) => end(error),
    abort: () => cancellation.abort(new Error('stopped')),
  };
}

describe('the queue of scrapes', () => {
  it('shares one scrape among all requests that come during another one', async () => {
    const { queue, triggers, changes, end } = newQueue();
    const [first, second, third] = [queue.request('command'), queue.request('api'), queue.request('command')];
    assert.equal(second, third);
    await queue.tick();
    assert.deepEqual(triggers, ['command']);
    end();
    assert.equal((await first).at, 1);
    await new Promise(setImmediate);
    end();
    assert.equal((await second).at, 2);
    assert.deepEqual(triggers, ['command', 'api']);
    assert.deepEqual(changes, [true, false, true, false]);
  });

  it('runs the next scrape although the one before failed', async () => {
    const { queue, end } = newQueue();
    const [first, second] = [queue.request('command'), queue.request('api')];
    end(new Error('no memory'));
    await assert.rejects(first, /no memory/);
    await new Promise(setImmediate);
    end();
    assert.equal((await second).at, 2);
  });

  it('starts nothing after it was stopped', async () => {
    const { queue, triggers, end, abort } = newQueue();
    const [first, second] = [queue.request('command'), queue.request('api')];
    abort();
    end();
    await first;
    await assert.rejects(second, /stopped/);
    await assert.rejects(queue.request('api'), /stopped/);
    await queue.tick();
    assert.deepEqual(triggers, ['command']);
  });
});

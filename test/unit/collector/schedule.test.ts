import assert from 'node:assert/strict';
import { createSchedule } from '../../../src/collector/schedule';
import { Backoff, backoffDelayMs } from '../../../src/collector/backoff';
import { HttpError } from '../../../src/http/httpGet';
import { manualClock } from '../support/clock';
import { targetOf } from '../support/replay';

const failed = (error: unknown): never => assert.fail(String(error));

describe('the schedule', () => {
  it('runs at once, then from beginning to beginning by its pace', async () => {
    const clock = manualClock(0);
    const began: number[] = [];
    const schedule = createSchedule({
      clock,
      nextIntervalMs: () => 10_000,
      onError: failed,
      task: () => {
        began.push(clock.now());
        return Promise.resolve();
      },
    });
    schedule.update();
    await clock.advance(35_000);
    assert.deepEqual(began, [0, 10_000, 20_000, 30_000]);
    schedule.dispose();
    assert.equal(clock.pending, 0);
  });

  it('never runs two rounds at a time: a slow one delays the next', async () => {
    const clock = manualClock(0);
    const began: number[] = [];
    let running = 0;
    const schedule = createSchedule({
      clock,
      nextIntervalMs: () => 10_000,
      onError: failed,
      task: () =>
        new Promise((resolve) => {
          running += 1;
          assert.equal(running, 1);
          began.push(clock.now());
          clock.after(25_000, () => {
            running -= 1;
            resolve();
          });
        }),
    });
    schedule.update();
    await clock.advance(60_000);
    assert.deepEqual(began, [0, 25_000, 50_000]);
    schedule.dispose();
  });

  it('goes on after a round that failed', async () => {
    const clock = manualClock(0);
    const errors: unknown[] = [];
    let rounds = 0;
    const schedule = createSchedule({
      clock,
      nextIntervalMs: () => 1000,
      onError: (error) => errors.push(error),
      task: () => {
        rounds += 1;
        return Promise.reject(new Error(`round ${rounds}`));
      },
    });
    schedule.update();
    await clock.advance(2500);
    assert.equal(rounds, 3);
    assert.equal(errors.length, 3);
    schedule.dispose();
  });

  it('runs at once what a shorter pace makes due, and stops without a pace', async () => {
    const clock = manualClock(0);
    let pace: number | undefined = 60_000;
    const began: number[] = [];
    const schedule = createSchedule({
      clock,
      nextIntervalMs: () => pace,
      onError: failed,
      task: () => {
        began.push(clock.now());
        return Promise.resolve();
      },
    });
    schedule.update();
    await clock.advance(15_000);
    pace = 10_000;
    schedule.update();
    await clock.advance(0);
    assert.deepEqual(began, [0, 15_000]);
    pace = undefined;
    schedule.update();
    await clock.advance(100_000);
    assert.deepEqual(began, [0, 15_000]);
    assert.equal(clock.pending, 0);
    schedule.dispose();
  });
});

describe('backing off', () => {
  it('waits longer from failure to failure, at most a minute', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 10].map((failures) => backoffDelayMs(failures, 10_000)),
      [10_000, 20_000, 40_000, 60_000, 60_000],
    );
  });

  it('stands in for a target that is not due, until it answers or everyone is asked again', () => {
    const backoff = new Backoff<string>();
    const target = targetOf(0);
    const failed = (at: number) => ({
      target,
      at,
      tookMs: 1,
      bytes: 0,
      error: new HttpError('refused', 'connection refused'),
    });
    backoff.add([failed(0)]);
    assert.equal(
      backoff.pendingFailure(target.url, 10_000, 10_000),
      undefined,
      'after one failure the next round asks',
    );
    backoff.add([failed(10_000)]);
    assert.equal(backoff.pendingFailure(target.url, 20_000, 10_000)?.error?.kind, 'refused');
    assert.equal(backoff.pendingFailure(target.url, 30_000, 10_000), undefined);
    backoff.clear();
    assert.equal(backoff.pendingFailure(target.url, 20_000, 10_000), undefined);
  });
});

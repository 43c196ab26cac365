/** The timer of scrapes. */
import assert from 'node:assert/strict';
import { createSchedule } from '../../../src/collector/schedule';
import { manualClock } from '../support/clock';

const failed = (error: unknown): never => assert.fail(String(error));

describe('the schedule', () => {
  it('runs its task at once, then an interval after the beginning of the one before', async () => {
    const clock = manualClock(0);
    const startedAt: number[] = [];
    const schedule = createSchedule({
      clock,
      nextIntervalMs: () => 10_000,
      onError: failed,
      task: () => {
        startedAt.push(clock.now());
        return Promise.resolve();
      },
    });
    schedule.update();
    await clock.advance(35_000);
    assert.deepEqual(startedAt, [0, 10_000, 20_000, 30_000]);
    schedule.dispose();
    assert.equal(clock.pending, 0);
  });

  it('never runs two tasks at a time, so that a slow one delays the next', async () => {
    const clock = manualClock(0);
    const startedAt: number[] = [];
    let running = 0;
    const schedule = createSchedule({
      clock,
      nextIntervalMs: () => 10_000,
      onError: failed,
      task: () =>
        new Promise((resolve) => {
          running += 1;
          assert.equal(running, 1);
          startedAt.push(clock.now());
          clock.after(25_000, () => {
            running -= 1;
            resolve();
          });
        }),
    });
    schedule.update();
    await clock.advance(60_000);
    assert.deepEqual(startedAt, [0, 25_000, 50_000]);
    schedule.dispose();
  });

  it('continues after a task that failed', async () => {
    const clock = manualClock(0);
    const errors: unknown[] = [];
    let runs = 0;
    const schedule = createSchedule({
      clock,
      nextIntervalMs: () => 1000,
      onError: (error) => errors.push(error),
      task: () => {
        runs += 1;
        return Promise.reject(new Error(`run ${runs}`));
      },
    });
    schedule.update();
    await clock.advance(2500);
    assert.equal(runs, 3);
    assert.equal(errors.length, 3);
    schedule.dispose();
  });

  it('runs at once what a shorter interval makes due, and stops without an interval', async () => {
    const clock = manualClock(0);
    let intervalMs: number | undefined = 60_000;
    const startedAt: number[] = [];
    const schedule = createSchedule({
      clock,
      nextIntervalMs: () => intervalMs,
      onError: failed,
      task: () => {
        startedAt.push(clock.now());
        return Promise.resolve();
      },
    });
    schedule.update();
    await clock.advance(15_000);
    intervalMs = 10_000;
    schedule.update();
    await clock.advance(0);
    assert.deepEqual(startedAt, [0, 15_000]);
    intervalMs = undefined;
    schedule.update();
    await clock.advance(100_000);
    assert.deepEqual(startedAt, [0, 15_000]);
    assert.equal(clock.pending, 0);
    schedule.dispose();
  });
});

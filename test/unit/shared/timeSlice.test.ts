import assert from 'node:assert/strict';
import { runToEnd, runInSlices, TimeSlice, sliceMs, type SlicedWork } from '../../../src/shared/timeSlice';

/** Blocks the thread. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

function* counting(steps: number, ms: number): SlicedWork<number> {
  for (let step = 0; step < steps; step += 1) {
    work(ms);
    yield;
  }
  return steps;
}

describe('runInSlices', () => {
  it('returns the same result as runToEnd, with a pause after each 8 ms of work', async () => {
    let pauses = 0;
    const pause = (): Promise<void> => Promise.resolve(void pauses++);
    assert.equal(runToEnd(counting(5, 0)), 5);
    assert.equal(await runInSlices(counting(5, 1.5 * sliceMs), pause), 5);
    assert.equal(pauses, 5);
  });

  it('rejects with what the work throws', async () => {
    function* failing(): SlicedWork<void> {
      throw new Error('within');
    }
    await assert.rejects(runInSlices(failing()), /within/);
  });
});

describe('TimeSlice', () => {
  it('lets the tasks that share it take turns, with other work in between', async () => {
    const slice = new TimeSlice();
    const order: string[] = [];
    work(2 * sliceMs);
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      await slice.next();
      order.push(name);
      work(2 * sliceMs);
    });
    const others = setInterval(() => order.push('another'), 1);
    await Promise.all(waiting);
    clearInterval(others);
    assert.deepEqual(
      order.filter((each) => each !== 'another'),
      ['a', 'b', 'c'],
    );
    assert.ok(
      order.indexOf('another') < order.indexOf('c') && order.lastIndexOf('another') > order.indexOf('a'),
      order.join(),
    );
  });

  it('lets a waiting task continue at once in a slice that has time left', async () => {
    const slice = new TimeSlice();
    work(2 * sliceMs);
    let turns = 0;
    const immediate = setInterval(() => turns++, 0);
    await Promise.all(Array.from({ length: 100 }, () => slice.next()));
    clearInterval(immediate);
    assert.ok(turns < 50, `${turns} turns of other work for one slice`);
  });
});

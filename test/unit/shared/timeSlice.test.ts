/** Long work in slices, and several who share one. */
import assert from 'node:assert/strict';
import { runToEnd, runInSlices, TimeSlice, sliceMs, type SlicedWork } from '../../../src/shared/timeSlice';

/** Holds the thread. */
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

describe('slices', () => {
  it('give the same result at once and with pauses, of which there is one each 8 ms of work', async () => {
    let pauses = 0;
    const pause = (): Promise<void> => Promise.resolve(void pauses++);
    assert.equal(runToEnd(counting(5, 0)), 5);
    assert.equal(await runInSlices(counting(5, 1.5 * sliceMs), pause), 5);
    assert.equal(pauses, 5);
  });

  it('reject with what the work throws', async () => {
    function* failing(): SlicedWork<void> {
      throw new Error('within');
    }
    await assert.rejects(runInSlices(failing()), /within/);
  });

  it('that several share: they go on one after the other, and others have their turn in between', async () => {
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

  it('that is not over yet is gone on with at once, by whoever waited for another', async () => {
    const slice = new TimeSlice();
    work(2 * sliceMs);
    let turns = 0;
    const immediate = setInterval(() => turns++, 0);
    await Promise.all(Array.from({ length: 100 }, () => slice.next()));
    clearInterval(immediate);
    assert.ok(turns < 50, `${turns} turns of others for one slice`);
  });
});

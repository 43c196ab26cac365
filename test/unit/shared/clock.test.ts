import assert from 'node:assert/strict';
import { createClock } from '../../../src/shared/clock';

/** A machine whose clocks a test moves. */
function machine(): { wall: number; running: number; uptime: number; clock: ReturnType<typeof createClock> } {
  const state = { wall: 1_795_000_000_000, running: 500, uptime: 900_000 };
  const clock = createClock({
    wall: () => state.wall,
    monotonic: () => state.running,
    uptime: () => state.uptime / 1000,
  });
  return Object.assign(state, { clock });
}

function pass(state: ReturnType<typeof machine>, ms: number): void {
  state.wall += ms;
  state.running += ms;
  state.uptime += ms;
}

describe('the clock', () => {
  it('runs evenly while the machine’s clock is set, and follows it when asked', () => {
    const state = machine();
    const { clock } = state;
    const start = { now: clock.now(), elapsed: clock.elapsed() };
    for (const step of [3_600_000, -3_600_000, -9_000]) {
      const before = clock.now();
      pass(state, 5_000);
      state.wall += step;
      pass(state, 5_000);
      assert.equal(clock.now() - before, 10_000);
      assert.equal(clock.follow(), step, 'in whole ms');
      assert.equal(clock.now() - before, 10_000 + step);
    }
    assert.equal(Math.round(clock.elapsed() - start.elapsed), 30_000);
    assert.equal(clock.now() - start.now, 30_000 - 9_000);
  });

  it('does not follow the small corrections of a time server', () => {
    const state = machine();
    state.wall += 20;
    assert.equal(state.clock.follow(), 0);
  });

  it('counts the time that the machine slept, in which its monotonic clock stood', () => {
    const state = machine();
    const start = { now: state.clock.now(), elapsed: state.clock.elapsed() };
    state.wall += 600_000;
    state.uptime += 600_000;
    pass(state, 1_000);
    assert.equal(state.clock.now() - start.now, 601_000);
    assert.equal(state.clock.elapsed() - start.elapsed, 601_000);
    assert.equal(Math.round(state.clock.follow()), 0);
  });
});

/** Starting a Ray node on a machine that is too busy for Ray's own deadline. */
import assert from 'node:assert/strict';
import { startNode, type StartAnswer } from '../../ray/startNode';

/** A Ray whose command came to `answer`, and that says these numbers of nodes, one each time it is asked. */
function fakeRay(answer: Partial<StartAnswer>, alive: (number | undefined)[], pauses = 10) {
  const calls = { command: 0, alive: 0, pause: 0 };
  const start = (expected: number): Promise<void> =>
    startNode({
      expected,
      runCommand: () => {
        calls.command++;
        return Promise.resolve({ code: 1, output: 'The current node timed out during startup.', kept: 3, ...answer });
      },
      countAlive: () => Promise.resolve(alive[Math.min(calls.alive++, alive.length - 1)]),
      pause: () => Promise.resolve(calls.pause++ < pauses),
    });
  return { calls, start };
}

describe('starting a Ray node', () => {
  it('asks nothing if Ray’s command succeeds', async () => {
    const { calls, start } = fakeRay({ code: 0 }, [0]);
    await start(2);
    assert.deepEqual(calls, { command: 1, alive: 0, pause: 0 });
  });

  it('waits for the node that the command gave up, and starts no second one', async () => {
    const { calls, start } = fakeRay({}, [undefined, 1, 1, 2]);
    await start(2);
    assert.deepEqual(calls, { command: 1, alive: 4, pause: 3 });
  });

  it('fails with what the command printed if the node has not come up in its time', async () => {
    const { calls, start } = fakeRay({}, [1], 3);
    await assert.rejects(start(2), /ray start failed: The current node timed out/);
    assert.deepEqual(calls, { command: 1, alive: 4, pause: 4 });
  });

  it('fails at once if nothing runs, or if the node runs without its dashboard', async () => {
    const nothing = fakeRay({ kept: 0, output: 'No module named ray' }, [1]);
    await assert.rejects(nothing.start(2), /No module named ray/);
    const without = fakeRay({ code: 0, output: 'Failed to start the dashboard, return code 1' }, [1]);
    await assert.rejects(without.start(1), /Failed to start the dashboard/);
    assert.deepEqual([nothing.calls.alive, without.calls.alive], [0, 0]);
  });
});

import assert from 'node:assert/strict';
import { isQuiet, isWorking, lastWorkedAt } from '../../../src/generation/recordTriggers';
import { replayRecording } from '../support/replay';

describe('isWorking and isQuiet', () => {
  it('see work under load, and its end after two reports without work', async () => {
    const all = (await replayRecording('ray-2.57')).map(({ snapshot }) => snapshot);
    const seen = all.map((snapshot) => ({ works: isWorking(snapshot), quiet: isQuiet(snapshot) }));
    assert.deepEqual(
      seen.slice(1, 5).map((each) => [each.works, each.quiet]),
      Array(4).fill([true, false]),
    );
    assert.equal(seen[6]?.works, false);
    const snapshot = all[6]!;
    const moved = lastWorkedAt(snapshot)!;
    assert.deepEqual(
      [19_999, 20_000].map((still) => isQuiet({ ...snapshot, at: moved + still })),
      [false, true],
    );
    assert.deepEqual([seen[7]?.works, seen[7]?.quiet], [true, false]);
    assert.equal(lastWorkedAt({ ...all[1]!, engines: [] }), undefined);
  });
});

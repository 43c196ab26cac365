import assert from 'node:assert/strict';
import { endedEngines, Predecessors, type EndedEngine } from '../../../src/collector/predecessors';
import { actor } from '../metrics/scene';

describe('the predecessors of new engines', () => {
  it('are engines that have ended, on their own node first, each with one successor', () => {
    const predecessors = new Predecessors([
      { key: 'elsewhere', node: 'n2' },
      { key: 'here', node: 'n1' },
    ]);
    assert.equal(predecessors.take('n1'), 'here');
    assert.equal(predecessors.take('n1'), 'elsewhere');
    assert.equal(predecessors.take('n1'), undefined);
  });

  it('ended before their successor started, if their end is known', () => {
    const ended: EndedEngine[] = [
      { key: 'late', node: 'n1', endedAt: 50 },
      { key: 'early', node: 'n1', endedAt: 10 },
    ];
    const predecessors = new Predecessors(ended);
    assert.deepEqual(
      [undefined, 5, 20, 30, 50].map((startedAt) => predecessors.take('n1', startedAt)),
      [undefined, undefined, 'early', undefined, 'late'],
    );
  });

  it('are those that an earlier scrape saw end, and those whose actor is DEAD, without a successor', () => {
    const engines = [
      { key: 'alive', node: 'n1' },
      { key: 'ended', node: 'n2' },
      { key: 'dead', node: 'n1' },
      { key: 'followed', node: 'n1' },
      { key: 'successor', node: 'n1', follows: 'followed' },
    ];
    const actors = new Map([
      actor('alive', 'ALIVE'),
      actor('dead', 'DEAD', { endedAt: 7 }),
      actor('followed', 'DEAD', { endedAt: 7 }),
    ]);
    assert.deepEqual(
      endedEngines(engines, (key) => key === 'ended', actors),
      [
        { key: 'ended', node: 'n2' },
        { key: 'dead', node: 'n1', endedAt: 7 },
      ],
    );
  });

  for (const count of [1_000, 10_000, 100_000]) {
    it(`of ${count} engines are found without a search: each ended engine is looked at a few times`, () => {
      let looks = 0;
      const ended = Array.from({ length: count }, (_, index): EndedEngine => ({
        get key() {
          looks += 1;
          return `w${index}`;
        },
        node: `n${index % 8}`,
      }));
      const predecessors = new Predecessors(ended);
      const followed = new Set(ended.map((_, index) => predecessors.take(`n${(index + 3) % 8}`)));
      assert.equal(followed.size, count);
      const before = looks;
      for (let index = 0; index < count; index += 1) assert.equal(predecessors.take('n1'), undefined);
      assert.ok(before <= 8 * count && looks - before <= 8 * count, `${before}, ${looks - before} looks`);
    });
  }
});

/** Two simulated hours of the whole stack: nothing but the history's data is more at their end than after the first. */
import { strict as assert } from 'node:assert';
import { runSoak } from '../chaos/soak';

describe('a soak', function () {
  // Sixty scrapes with everything that is around them.
  this.timeout(180_000);

  it('leaves no handle, timer, listener or file behind', async () => {
    const { hours, violations } = await runSoak({ size: { engines: 2, nodes: 1 }, hours: 2, intervalMs: 120_000 });
    assert.deepEqual(violations, []);
    const [first, last] = hours;
    assert.ok(first && last);
    assert.equal(last.scrapes - first.scrapes, 30);
    assert.ok(last.series > 0 && first.historyBytes > 0);
    assert.deepEqual([last.timers, last.listeners], [first.timers, first.listeners]);
    // A connection may be in its last moment.
    assert.ok(last.handles <= first.handles + 2, `${last.handles} handles, ${first.handles} after an hour`);
    // Four files of points an hour, and one of minutes.
    assert.ok(last.files <= first.files + 5, `${last.files} files, ${first.files} after an hour`);
  });
});

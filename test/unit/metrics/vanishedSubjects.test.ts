/** The memory for engines and series that are no longer reported. */
import { strict as assert } from 'node:assert';
import { SeriesIndexes } from '../../../src/metrics/seriesIndex';
import { maxVanished } from '../../../src/metrics/subjectState';
import { catalogIndex, seriesDescriber } from '../support/catalogIndex';
import { engineOf, generation, newScene, rayEngine, targetA } from './scene';

const busy = (worker: string, tokens: number): string =>
  rayEngine(worker, { generation_tokens_total: tokens, num_requests_running: 1 });
const engines = (count: number): string =>
  Array.from({ length: count }, (_, index) => rayEngine(`old${index}`, { num_requests_running: 1 })).join('');

describe('subjects that have vanished', () => {
  it('stay up to the bound, and beyond it those that were seen last', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engines(maxVanished) });
    assert.equal(scene.scrape(10, { [targetA]: busy('a', 1) }).engines.length, maxVanished + 1);
    const { engines: kept } = scene.scrape(20, { [targetA]: busy('b', 1) });
    assert.equal(kept.length, maxVanished + 1);
    assert.ok(['a', 'b'].every((id) => kept.some((engine) => engine.id === id)));
  });

  it('stay, however many, while their target does not answer', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engines(maxVanished + 100) });
    assert.equal(scene.scrape(10, { [targetA]: undefined }).engines.length, maxVanished + 100);
  });

  it('do not give their names to others', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: engines(maxVanished + 1) });
    const { engines: kept } = scene.scrape(10, { [targetA]: busy('a', 1) });
    assert.equal(kept.find(({ id }) => id === 'a')?.name, `engine ${maxVanished + 1}`);
  });
});

describe('an engine whose labels are new in each scrape', () => {
  const churning = (second: number): string =>
    busy('a', 100 * second) +
    Array.from({ length: 300 }, (_, index) =>
      rayEngine('a', { num_requests_waiting: 1 }, { x: `${second} ${index}` }),
    ).join('');

  it('begins anew now and then, with right rates between, and none when it does', () => {
    const scene = newScene('ray');
    const rates = Array.from({ length: 30 }, (_, step) =>
      generation(scene.scrape(10 * step, { [targetA]: churning(10 * step) })),
    );
    const known = rates.filter((rate) => rate !== undefined);
    assert.ok(
      known.every((rate) => rate === 100),
      known.join(),
    );
    assert.ok(known.length >= 15 && known.length < 29, `${known.length} rates`);
  });

  it('keeps few slots', () => {
    const indexes = new SeriesIndexes(catalogIndex);
    let size = 0;
    for (let scrape = 0; scrape < 50; scrape += 1) {
      const index = indexes.forExposed('a', 300, 30_000);
      for (let series = 0; series < 300; series += 1) {
        const labels = new Map([
          ['WorkerId', 'a'],
          ['x', `${scrape} ${series}`],
        ]);
        const meta = seriesDescriber.describe(targetA, 'ray_vllm_num_requests_running', labels);
        if (meta) index.add(meta, undefined);
      }
      size = Math.max(size, index.size);
    }
    assert.ok(size <= 4 * 300 + 1024 + 300, `${size} slots`);
  });

  it('does not trouble an engine beside it', () => {
    const scene = newScene('ray');
    for (let step = 0; step < 20; step += 1) {
      const second = 10 * step;
      const snapshot = scene.scrape(second, { [targetA]: churning(second) + busy('b', 70 * second) });
      if (step > 1) assert.equal(generation(engineOf(snapshot, 'b')), 70);
    }
  });
});

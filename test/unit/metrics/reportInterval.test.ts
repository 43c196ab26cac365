import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { Snapshot } from '../../../src/api';
import { fixturePath } from '../../demonstration/paths';
import { findingIds, generation, newScene, rayEngine, targetA } from './scene';

const body = readFileSync(fixturePath('situations', 'slow-report.prom'), 'utf8');

/** Two engines with 100 tok/s each, whose node reports every `interval` seconds. */
const reported = (second: number, interval: number): string =>
  body.replaceAll('} 3000', `} ${Math.floor(second / interval) * interval * 100}`);

/** Scrapes a node every `step` seconds and returns the snapshots by second. */
function scrapes(interval: number, step: number, until: number): Map<number, Snapshot> {
  const scene = newScene();
  const seconds = Array.from({ length: until / step + 1 }, (_, index) => index * step);
  return new Map(
    seconds.map((second) => [second, scene.scrape(second, { [targetA]: reported(second, interval) })] as const),
  );
}

describe('the report interval of a node', () => {
  it('of 30 s is learned: the rate stays right between reports, and nothing is stuck', () => {
    const snapshots = scrapes(30, 10, 180);
    for (const [second, snapshot] of snapshots) {
      if (second >= 30) assert.equal(generation(snapshot), 200, `${second} s`);
      if (second >= 30) assert.deepEqual(findingIds(snapshot), [], `${second} s`);
    }
    assert.equal(snapshots.get(180)?.targets[0]?.reportIntervalMs, 30_000);
  });

  it('is the average if scrapes do not keep step with it', () => {
    for (const [second, snapshot] of scrapes(30, 20, 600)) {
      if (second < 300) continue;
      const learned = snapshot.targets[0]?.reportIntervalMs ?? NaN;
      assert.ok(learned >= 25_000 && learned <= 35_000, `${second} s: ${learned}`);
      assert.deepEqual(findingIds(snapshot), [], `${second} s`);
    }
  });

  it('of 2 s is learned: a report is not taken for one of 10 s', () => {
    const snapshots = scrapes(2, 2, 40);
    assert.equal(snapshots.get(40)?.targets[0]?.reportIntervalMs, 2_000);
    assert.equal(generation(snapshots.get(40)), 200);
    assert.equal(snapshots.get(10)?.targets[0]?.reportIntervalMs, 2_000);
    assert.equal(generation(snapshots.get(10)), 200, 'as soon as it is learned');
  });

  it('of 15 s is learned by scrapes every 2 s, and is no interval of 10 s before', () => {
    const snapshots = scrapes(15, 2, 200);
    for (const [second, snapshot] of snapshots) {
      if (second < 16) continue;
      const rate = generation(snapshot) ?? NaN;
      assert.ok(rate >= 180 && rate <= 220, `${second} s: ${rate}`);
      assert.deepEqual(findingIds(snapshot), [], `${second} s`);
    }
    assert.equal(generation(snapshots.get(200)), 200);
    const learned = snapshots.get(200)?.targets[0]?.reportIntervalMs ?? NaN;
    assert.ok(learned > 14_000 && learned < 16_000, `${learned}`);
  });

  it('of 15 s is not taken for 20 s if scrapes are 10 s apart', () => {
    for (const [second, snapshot] of scrapes(15, 10, 600)) {
      if (second < 60) continue;
      const learned = snapshot.targets[0]?.reportIntervalMs ?? 10_000;
      assert.ok(learned <= 17_500, `${second} s: ${learned}`);
    }
  });

  for (const step of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 30, 60])
    it(`is Ray’s default of 10 s if scrapes are ${step} s apart`, () => {
      for (const snapshot of scrapes(10, step, 20 * step).values())
        assert.equal('reportIntervalMs' in (snapshot.targets[0] ?? {}), false);
    });

  it('is not learned from pauses, nor from one late report', () => {
    const scene = newScene();
    const scrape = (second: number, tokens: number, running: number): Snapshot =>
      scene.scrape(second, {
        [targetA]: rayEngine('w1', { generation_tokens_total: tokens, num_requests_running: running }),
      });
    let tokens = 0;
    for (let second = 0; second <= 300; second += 10) {
      if (second % 60 === 0) tokens += 1000;
      assert.equal('reportIntervalMs' in (scrape(second, tokens, second % 60 === 0 ? 1 : 0).targets[0] ?? {}), false);
    }
    for (let second = 310; second <= 600; second += 10) {
      if (second < 400 || second > 520) tokens += 1000;
      assert.equal('reportIntervalMs' in (scrape(second, tokens, 1).targets[0] ?? {}), false, `${second} s`);
    }
  });

  it('that is late for two minutes leaves no rate, and the next one covers the time', () => {
    const scene = newScene();
    const frozen = (second: number): string => reported(second < 20 || second >= 140 ? second : 20, 10);
    const snapshots = new Map<number, Snapshot>();
    for (let second = 0; second <= 160; second += 10)
      snapshots.set(second, scene.scrape(second, { [targetA]: frozen(second) }));
    assert.equal(generation(snapshots.get(20)), 200);
    assert.equal(generation(snapshots.get(100)), undefined);
    assert.equal(generation(snapshots.get(140)), 200);
    assert.equal(generation(snapshots.get(150)), 200);
  });
});

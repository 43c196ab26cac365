/** What the row of an engine says of its last readings. */
import { strict as assert } from 'node:assert';
import type { Snapshot } from '../../../../src/api';
import { enginesRow } from '../../../../src/views/tree/enginesRow';
import { actor, at, newScene, rayEngine } from '../../metrics/scene';

const agent = 'http://192.0.2.2:1/metrics';
const descriptions = (snapshot: Snapshot): string[] =>
  enginesRow(snapshot, undefined, snapshot.at).children.map(({ description }) => description);

describe('the row of an engine', () => {
  const body = (second: number): string =>
    rayEngine('w1', { num_requests_running: 8, num_requests_waiting: 3, generation_tokens_total: 100 * second });
  const actors = [actor('w1', 'ALIVE')];

  it('says that nothing newer is known and why, instead of what waited before its target failed', () => {
    const scene = newScene();
    const rows = [0, 10, 20, 30, 40, 50].map(
      (second) =>
        descriptions(
          scene.scrape(second, { [agent]: second >= 20 && second < 50 ? undefined : body(second) }, { actors }),
        )[0],
    );
    assert.deepEqual(rows, [
      'active · 3 waiting · 192.0.2.2',
      'active · 3 waiting · 192.0.2.2',
      'active · 3 waiting · 192.0.2.2',
      'quiet · nothing newer than 20 s, its target failed · 192.0.2.2',
      'quiet · nothing newer than 30 s, its target failed · 192.0.2.2',
      'active · 3 waiting · 192.0.2.2',
    ]);
  });

  it('says nothing of that kind between two scrapes that are far apart', () => {
    const snapshot = newScene().scrape(0, { [agent]: body(1) }, { actors });
    assert.match(enginesRow(snapshot, undefined, at(600)).children[0]?.description ?? '', /^active · 3 waiting/);
  });
});

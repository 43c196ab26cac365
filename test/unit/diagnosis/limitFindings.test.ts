/** How many findings of one rule a snapshot lists. */
import { strict as assert } from 'node:assert';
import type { Finding } from '../../../src/api';
import { limitFindings, maxFindingsPerRule } from '../../../src/diagnosis/limitFindings';
import { newScene, rayEngine, targetA } from '../metrics/scene';

const stuck = (count: number): Finding[] =>
  Array.from({ length: count }, (_, index) => ({
    id: 'stuck',
    severity: 'error',
    message: `engine ${index} is stuck`,
    engine: `${index}`,
    advice: 'Restart it.',
  }));
const other: Finding = { id: 'other', severity: 'info', message: 'something else' };

describe('limited findings', () => {
  it('are the same up to the limit and one more', () => {
    for (const count of [0, 1, maxFindingsPerRule, maxFindingsPerRule + 1])
      assert.deepEqual(limitFindings([...stuck(count), other]), [...stuck(count), other]);
  });

  it('beyond it are those that come first and their number, each rule for itself', () => {
    const limited = limitFindings([...stuck(maxFindingsPerRule + 1200), other]);
    assert.deepEqual(limited.slice(0, maxFindingsPerRule), stuck(maxFindingsPerRule));
    assert.deepEqual(limited.slice(maxFindingsPerRule), [
      {
        id: 'stuck',
        severity: 'error',
        message: '1,200 more findings of the same kind are not listed.',
        more: 1200,
        advice: 'Restart it.',
      },
      other,
    ]);
  });

  it('are few in the snapshots of a target whose thousand engines stop on as many nodes', () => {
    const scene = newScene('ray');
    const body = (second: number): string =>
      Array.from({ length: 1000 }, (_, index) =>
        rayEngine(
          `w${index}`,
          { generation_tokens_total: 100 + Math.min(second, 120), num_requests_running: 1 },
          { NodeAddress: `198.51.${Math.floor(index / 200)}.${index % 200}` },
        ),
      ).join('');
    const counts = [];
    for (let second = 0; second <= 900; second += 30) {
      const { engines, findings } = scene.scrape(second, { [targetA]: body(second) });
      assert.equal(engines.length, 1000);
      const most = Math.max(0, ...findings.map(({ id }) => findings.filter((finding) => finding.id === id).length));
      counts.push(most);
    }
    assert.equal(Math.max(...counts), maxFindingsPerRule + 1);
  });
});

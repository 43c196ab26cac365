/** Aborted requests: those of one weight sync are normal, those that go on are a finding. */
import assert from 'node:assert/strict';
import { newScene, rayEngine } from '../metrics/scene';

describe('aborted requests', () => {
  const abortsAt = (seconds: readonly number[]): string[] => {
    const scene = newScene();
    let aborts = 100;
    const everyTen = Array.from({ length: 13 }, (_, index) => 10 * index);
    const findings = everyTen.flatMap((second) => {
      if (seconds.includes(second)) aborts += 300;
      const body = rayEngine('w1', {
        num_requests_running: 1,
        generation_tokens_total: 1000 * second,
        'request_success_total{finished_reason="stop"}': 10 * second,
        'request_success_total{finished_reason="abort"}': aborts,
      });
      return scene.scrape(second, { 'http://10.20.0.7:1/metrics': body }, { trigger: 'timer' }).findings;
    });
    return [...new Set(findings.map(({ id, severity }) => `${severity} ${id}`))];
  };

  it('of one weight sync that passed between two scrapes are no finding', () => assert.deepEqual(abortsAt([40]), []));
  it('that go on are a finding', () => assert.deepEqual(abortsAt([20, 30, 40, 50, 60, 70, 80]), ['info abort-share']));
});

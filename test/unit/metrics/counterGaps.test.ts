/** Counters that are missing from answers for a while, as after a restart of Ray's agent, or in half an answer. */
import assert from 'node:assert/strict';
import { actor, engineOf, newScene, rayEngine, targetA, type Samples } from './scene';

const finishedRate = (snapshot: ReturnType<ReturnType<typeof newScene>['scrape']>): number | undefined =>
  engineOf(snapshot, 'w1')?.measures['requests_finished_s']?.value;
const engine = (stopped: number | undefined, cutOff?: number): string =>
  rayEngine('w1', {
    num_requests_running: 1,
    ...(stopped !== undefined && { 'request_success_total{finished_reason="stop"}': stopped }),
    ...(cutOff !== undefined && { 'request_success_total{finished_reason="length"}': cutOff }),
  });
const actors = [actor('w1', 'ALIVE')];

describe('counters that are missing for a while', () => {
  it('count from 0 again if they are lower than before: what is not there yet began at 0, too', () => {
    const scene = newScene();
    const bodies = [engine(1590, 20), engine(1600, 23), engine(undefined), engine(undefined), engine(9), engine(55)];
    const rates = [...bodies, engine(115, 4)].map((body, index) =>
      finishedRate(scene.scrape(10 * index, { [targetA]: body }, { actors })),
    );
    assert.deepEqual(rates.slice(4), [undefined, 4.6, (115 + 4 - 55) / 10]);
  });

  it('have no rate across the gap if they are as high as before: half of an answer was missing', () => {
    const scene = newScene();
    const bodies = [engine(1000, 20), engine(1100, 20), engine(undefined), engine(1900, 40), engine(2000, 40)];
    const rates = bodies.map((body, index) => finishedRate(scene.scrape(10 * index, { [targetA]: body }, { actors })));
    assert.deepEqual([rates[1], rates[4]], [10, 10]);
    for (const rate of rates) assert.ok(rate === undefined || rate === 10, `${rate}`);
  });
});

describe('an engine that the answer before did not have', () => {
  const body = (samples: Samples): string => rayEngine('w0', { generation_tokens_total: 1 }) + rayEngine('w1', samples);
  const states = (known: [string, ReturnType<typeof actor>[1]][] | undefined): (string | undefined)[] => {
    const scene = newScene();
    const scrapes = [rayEngine('w0', { generation_tokens_total: 1 }), body({ generation_tokens_total: 900 })];
    const more = [body({ generation_tokens_total: 900 }), body({ generation_tokens_total: 950 })];
    return [...scrapes, ...more].map(
      (each, index) => engineOf(scene.scrape(10 * index, { [targetA]: each }, known && { actors: known }), 'w1')?.state,
    );
  };

  it('is not active by counters that may be those of a worker that has ended long ago', () =>
    assert.deepEqual(states(undefined), [undefined, 'silent', 'silent', 'active']));

  it('is active if its actor lives: it has counted since', () =>
    assert.equal(states([actor('w0', 'ALIVE'), actor('w1', 'ALIVE')])[1], 'active'));
});

/** Reading the untrusted JSON of a Prometheus. */
import assert from 'node:assert/strict';
import { maxLabels, metadataOf, queryData, type QueryData } from '../../../src/prometheus/responseData';
import { runToEnd } from '../../../src/shared/timeSlice';

const parse = (value: unknown): QueryData => runToEnd(queryData(value));

describe('the data of a Prometheus response', () => {
  it('has special values, times in milliseconds, and native histograms', () => {
    const data = parse({
      resultType: 'vector',
      result: [
        { metric: { a: 'b' }, value: [1.5, '+Inf'] },
        { metric: {}, value: [2, 'NaN'] },
        { metric: {}, histogram: [3, { count: '7', sum: '1e2', buckets: [[0, '0.5', '1', '7']] }] },
      ],
    });
    assert.deepEqual(data, {
      type: 'vector',
      samples: [
        { labels: { a: 'b' }, at: 1500, value: Infinity },
        { labels: {}, at: 2000, value: NaN },
        { labels: {}, at: 3000, histogram: { count: 7, sum: 100, buckets: [{ low: 0.5, high: 1, count: 7 }] } },
      ],
    });
  });
  it('may have a label called __proto__', () => {
    const data = parse(JSON.parse('{"resultType":"vector","result":[{"metric":{"__proto__":"x"},"value":[1,"1"]}]}'));
    assert.ok(data.type === 'vector' && Object.entries(data.samples[0]?.labels ?? {}).join() === '__proto__,x');
  });
  for (const wrong of [
    null,
    {},
    { resultType: 'vector' },
    { resultType: 'vector', result: [{}] },
    { resultType: 'vector', result: [{ metric: { a: 1 }, value: [1, '1'] }] },
    { resultType: 'matrix', result: [{ metric: {}, values: [[1]] }] },
    { resultType: 'odd', result: [1, '1'] },
  ]) {
    it(`is not ${JSON.stringify(wrong)}`, () => assert.throws(() => parse(wrong)));
  }
  it('pauses after each series, and within long ones', () => {
    const values = Array.from({ length: 35_000 }, (_, index) => [index, '1']);
    const work = queryData({
      resultType: 'matrix',
      result: [
        { metric: {}, values },
        { metric: {}, values: [[1, '1']] },
      ],
    });
    let pauses = 0;
    while (!work.next().done) pauses++;
    assert.equal(pauses, 5);
  });
  it('has as many labels as a series may have, and not one more', () => {
    const labels = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, 'x']));
    const answer = (count: number): object => ({
      resultType: 'vector',
      result: [{ metric: labels(count), value: [1, '1'] }],
    });
    assert.equal(parse(answer(maxLabels)).type, 'vector');
    assert.throws(() => parse(answer(maxLabels + 1)), { message: 'a series with over 512 labels' });
  });
  it('leaves out metadata of another shape', () =>
    assert.deepEqual([...metadataOf({ a: [{ type: 'gauge', help: 'h' }], b: [], c: 'x' }).keys()], ['a']));
});

/** Buckets over time. */
import assert from 'node:assert/strict';
import { bucketName, buildBucketCells, fullestBucketText, bucketTable } from '../../../webview/distribution';

describe('A distribution in the chart', () => {
  const data = {
    histogram: 'h',
    bounds: [0.1, 1],
    from: [0, 10],
    to: [30, 40],
    counts: [
      [1, 3, 0],
      [0, 0, 0],
    ],
  };
  const bucketCells = buildBucketCells(data, 0, 100);

  it('has a cell with the share of each bucket, and no cell without observations', () => {
    assert.deepEqual(bucketCells, {
      low: 0,
      high: 1,
      cells: [
        { from: 0, to: 30, bucket: 0, share: 0.25 },
        { from: 0, to: 30, bucket: 1, share: 0.75 },
      ],
    });
  });

  it('is a table of counts, with a row per time with observations', () => {
    const table = bucketTable(data, bucketCells, 0, 100, 'seconds');
    assert.deepEqual(
      [table.names, table.keys, table.keys.map(table.cells)],
      [['≤ 100 ms', '100 ms – 1.00 s'], [30], [['1', '3']]],
    );
  });

  it('is described by its fullest bucket at a time, and not described without observations', () => {
    assert.equal(fullestBucketText(data, 20, 'seconds'), '75 % in 100 ms – 1.00 s, of 4');
    assert.equal(fullestBucketText(data, 39, 'seconds'), undefined);
  });

  it('names buckets by their bounds', () => {
    assert.deepEqual(
      [0, 1, 2].map((bucket) => bucketName(data.bounds, bucket, 'seconds')),
      ['≤ 100 ms', '100 ms – 1.00 s', '> 1.00 s'],
    );
  });
});

import { strict as assert } from 'node:assert';
import { checkExposition } from '../../../src/collector/targetExpositions';
import {
  maxBuckets,
  maxLabelSets,
  maxLineBytes,
  maxLines,
  maxSeries,
  maxSubjects,
} from '../../../src/exposition/limits';
import { HttpError } from '../../../src/http/httpGet';
import { readerOf, targetOf } from '../support/replay';
import { feed, newReader } from './readerHelpers';

const repeat = (count: number, lineOf: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => lineOf(index)).join('');
const bucket = (group: number, index: number): string => `m_bucket{g="${group}",le="${index}"} 1\n`;

/** A limit: a body at it, the same with one more, and how many series or samples are read at it. */
const limits: readonly (readonly [what: string, limit: number, bodyOf: (count: number) => string])[] = [
  ['lines', maxLines, (count) => repeat(count, () => '\n')],
  [
    'series',
    maxSeries,
    (count) => repeat(count, (index) => bucket(Math.floor(index / maxBuckets), index % maxBuckets)),
  ],
  ['different sets of labels', maxLabelSets, (count) => repeat(count, (index) => `m{a="${index}"} 1\n`)],
  ['different sets of labels', maxLabelSets, (count) => repeat(count, (index) => `m{a="\\\\${index}",} 1\n`)],
  ['buckets of m_bucket', maxBuckets, (count) => repeat(count, (index) => bucket(0, count - index))],
];

describe('the limits of one exposition', () => {
  for (const [what, limit, bodyOf] of limits) {
    it(`allow ${limit} ${what}, and name what is above`, () => {
      const reader = newReader();
      const { badCount } = feed(reader, bodyOf(limit));
      assert.equal(badCount, 0);
      assert.throws(
        () => feed(newReader(), bodyOf(limit + 1)),
        (error) => error instanceof HttpError && error.kind === 'too-large' && error.message.includes(what),
      );
    });
  }

  it('do not count what an earlier exposition had', () => {
    const reader = newReader();
    for (let scrape = 0; scrape < 4; scrape += 1) {
      const { series } = feed(
        reader,
        repeat(maxLabelSets, (index) => `m{a="${scrape} ${index}"} 1\n`),
      );
      assert.equal(series.length, maxLabelSets);
    }
    // One exposition's label sets, and those of the scrape before it.
    assert.ok(reader.seriesCount <= 2 * maxLabelSets, `${reader.seriesCount} series are kept`);
  });

  it('drop a line that is a byte too long and keep its neighbours', () => {
    const line = (bytes: number): string => `m{l="${'x'.repeat(bytes - 'm{l=""} 1'.length)}"} 1\n`;
    for (const [bytes, bad] of [
      [maxLineBytes, []],
      [maxLineBytes + 1, [1]],
    ] as const) {
      const { samples, badLines } = feed(newReader(), `a 1\n${line(bytes)}b 2\n`);
      assert.deepEqual([samples, badLines.map(({ line: number }) => number)], [3 - bad.length, bad]);
    }
  });

  for (const [what, lineOf] of [
    ['engines', (index: number) => `ray_vllm_num_requests_running{WorkerId="${index}"} 1\n`],
    ['nodes', (index: number) => `ray_node_mem_used{ip="10.0.0.${index}"} 1\n`],
    ['GPUs', (index: number) => `ray_node_gpus_utilization{ip="10.0.0.1",GpuIndex="${index}"} 1\n`],
  ] as const)
    it(`allow 1,024 ${what} of a target, and name what is above`, () => {
      const bodyOf = (count: number): string => repeat(count, lineOf);
      const read = (count: number): string | undefined =>
        checkExposition(feed(readerOf(targetOf(1)), bodyOf(count)), true);
      assert.equal(read(maxSubjects), undefined);
      assert.throws(() => read(maxSubjects + 1), /more than 1,024 engines/);
    });
});

describe('the memory of a reader', () => {
  it('grows with the lines and their values, not with their labels, if there are many', () => {
    const reader = newReader(0);
    const bodyOf = (value: number): string =>
      repeat(
        20_000,
        (index) => `m{engine="${Math.floor(index / 400)}",x="${'y'.repeat(400)}",le="${index % 400}"} ${value}\n`,
      );
    for (const value of [1, 22, 333]) feed(reader, bodyOf(value));
    assert.equal(Buffer.from(reader.lastBody).toString(), bodyOf(333));
    assert.ok(reader.bodyBytes < 20_000 * 40, `${reader.bodyBytes} bytes`);
  });

  it('is given back by a target that shrank', () => {
    const reader = newReader();
    feed(
      reader,
      repeat(200_000, (index) => `m ${index}\n`),
    );
    const large = reader.bodyBytes;
    feed(reader, 'm 1\n');
    feed(reader, 'm 2\n');
    assert.ok(large > 200_000 * 22, `${large} bytes`);
    assert.ok(reader.bodyBytes < 2 ** 20, `${reader.bodyBytes} bytes are kept`);
  });

  it('is given back by a target that broke off', () => {
    const reader = newReader();
    feed(reader, 'm 1\n');
    const before = reader.bodyBytes;
    reader.begin();
    reader.feed(Buffer.from(repeat(200_000, (index) => `m ${index}\n`)));
    assert.ok(reader.bodyBytes > 200_000 * 22);
    reader.abandon();
    assert.ok(reader.bodyBytes <= before + 16 * 1024, `${reader.bodyBytes} bytes`);
  });
});

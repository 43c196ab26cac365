/** Completion by Prometheus's grammar. */
import assert from 'node:assert/strict';
import { complete } from '../../../src/promql/language';
import { nameStub } from './nameStub';

const labelsAtEnd = async (text: string, names = nameStub()): Promise<string[]> =>
  (await complete(text, text.length, names)).map(({ label }) => label);

describe('PromQL completion', () => {
  it('offers metrics with type and help, and functions and aggregations', async () => {
    const items = await complete('rate(ray_vllm_', 14, nameStub());
    const metric = items.find(({ label }) => label === 'ray_vllm_kv_cache_usage_perc');
    assert.deepEqual(metric, {
      label: 'ray_vllm_kv_cache_usage_perc',
      kind: 'metric',
      from: 5,
      to: 14,
      detail: 'gauge',
      help: 'share',
    });
    for (const label of ['rate', 'sum'])
      assert.ok(
        items.some((item) => item.label === label),
        label,
      );
  });

  it('quotes a name that is not an identifier', async () => {
    const items = await complete('', 0, nameStub());
    assert.equal(items.find(({ label }) => label === 'a.b')?.insert, '{"a.b"}');
  });

  for (const text of ['sum by (', 'x{', 'x{engine="0",Wor', 'sum(rate(x[$__rate_interval])) by ('])
    it(`offers labels after ${text}`, async () => assert.ok((await labelsAtEnd(text)).includes('WorkerId')));

  it('offers escaped values in quotes, with a range that does not end before it begins', async () => {
    const items = await complete('x{engine="', 10, nameStub());
    assert.deepEqual(
      items.map(({ label, insert, from, to }) => [label, insert, from, to]),
      [
        ['0', undefined, 10, 10],
        ['x"\n\\', 'x\\"\\n\\\\', 10, 10],
      ],
    );
  });

  it('asks for values of the series that the typed matchers select', async () => {
    const names = nameStub();
    await complete('x{model="m", job!="", engine="', 30, names);
    assert.deepEqual(names.selectors, ['x{model="m"}']);
  });

  it('offers nothing in a comment', async () => assert.deepEqual(await labelsAtEnd('x # ra'), []));

  it('offers units after a number, and operators after an expression', async () => {
    assert.deepEqual((await labelsAtEnd('rate(x[5')).slice(0, 3), ['y', 'w', 'd']);
    assert.ok((await labelsAtEnd('sum(x{a="b"})')).includes('unless'));
  });
});

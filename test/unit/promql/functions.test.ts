/** Help for PromQL's functions. */
import assert from 'node:assert/strict';
import { functionDoc, functionDocs } from '../../../src/promql/functions';
import { complete } from '../../../src/promql/language';
import { nameStub } from './nameStub';

describe('Help for PromQL functions', () => {
  it('covers every function and aggregation of the grammar, and no other', async () => {
    const grammarNames = (await complete('', 0, nameStub()))
      .filter(({ kind }) => kind === 'function' || kind === 'aggregation')
      .map(({ label }) => label);
    assert.ok(grammarNames.length > 90);
    assert.deepEqual(
      grammarNames.filter((name) => !functionDoc(name)),
      [],
    );
    assert.deepEqual(
      functionDocs.filter(({ name }) => !grammarNames.includes(name)).map(({ name }) => name),
      [],
    );
  });
});

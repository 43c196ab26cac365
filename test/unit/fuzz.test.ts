import { strict as assert } from 'node:assert';
import { keptInputs, runFuzz } from '../fuzz/runFuzz';
import { fuzzTargets } from '../fuzz/targets';

describe('fuzzing', () => {
  for (const target of fuzzTargets) {
    it(`finds nothing in ${target.shortCases} inputs: ${target.name}, ${target.about}`, async () => {
      const { cases, failure } = await runFuzz(target, 17, target.shortCases);
      assert.equal(failure, undefined, failure && `${JSON.stringify(failure.input)}\n${failure.error}`);
      assert.equal(cases, target.shortCases);
    });

    for (const [file, input] of keptInputs(target)) it(`still passes ${file}`, async () => target.check(input));
  }

  it('makes an input that fails as small as possible', async () => {
    const [first] = fuzzTargets;
    assert.ok(first);
    const check = (input: unknown): void => assert.ok((input as { lines: string[] }).lines.length < 3);
    const { failure } = await runFuzz({ ...first, check }, 1, 100);
    assert.ok(failure);
    assert.equal((failure.input as { lines: string[] }).lines.length, 3);
  });
});

/** What may be written after `npm test --`. */
import assert from 'node:assert/strict';
import { readTestArguments } from '../../../scripts/lib/testArguments.mjs';

const known = ['build', 'unit', 'e2e'];

describe('the arguments of npm test', () => {
  it('are stages by name, each once, or none for all', () => {
    assert.deepEqual(readTestArguments([], known), { list: false, names: [] });
    assert.deepEqual(readTestArguments(['e2e', 'unit', 'e2e'], known), { list: false, names: ['e2e', 'unit'] });
  });

  it('ask for the list of stages', () => {
    assert.deepEqual(readTestArguments(['--list'], known), { list: true, names: [] });
  });

  it('are refused with words if they are unknown', () => {
    for (const [argument, words] of [
      ['--watch', /^unknown option --watch\nUsage: npm test/],
      ['-l', /^unknown option -l\nUsage/],
      ['--grep=x', /^unknown option --grep\n/],
      ['--list=long', /^unknown option --list=long\n/],
      ['units', /^no stage units; there are build, unit, e2e\nUsage/],
    ] as const) {
      assert.throws(
        () => readTestArguments([argument], known),
        (error: Error) => words.test(error.message),
        argument,
      );
    }
  });
});

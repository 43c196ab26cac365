/** The order of the stages of `npm test`. */
import assert from 'node:assert/strict';
import { noResults, oneFailure, type Results } from '../../../scripts/lib/results.mjs';
import { runSchedule } from '../../../scripts/lib/schedule.mjs';

interface FakeStage {
  name: string;
  phase: 'build' | 'checks' | 'tests';
  waits?: boolean;
}

const stages: readonly FakeStage[] = [
  { name: 'build', phase: 'build' },
  { name: 'lint', phase: 'checks' },
  { name: 'types', phase: 'checks' },
  { name: 'ray', phase: 'tests', waits: true },
  { name: 'e2e', phase: 'tests' },
  { name: 'vscode', phase: 'tests' },
  { name: 'unit', phase: 'tests' },
];

/** Stages that run until they are ended by name. */
class FakeRun {
  readonly running = new Map<string, (results: Results) => void>();

  readonly run = ({ name }: FakeStage): Promise<Results> =>
    new Promise((resolve) => {
      this.running.set(name, resolve);
    });

  names(): string[] {
    return [...this.running.keys()].sort();
  }

  async end(name: string, results: Results = { ...noResults(), passed: 1 }): Promise<void> {
    const resolve = this.running.get(name) ?? assert.fail(`${name} does not run`);
    this.running.delete(name);
    resolve(results);
    await new Promise(setImmediate);
  }
}

describe('the schedule of stages', () => {
  it('runs the build alone, then the checks together, then the tests in lanes beside the one that waits', async () => {
    const fake = new FakeRun();
    const all = runSchedule({ stages, lanes: 2, run: fake.run });
    assert.deepEqual(fake.names(), ['build']);
    await fake.end('build');
    assert.deepEqual(fake.names(), ['lint', 'types']);
    await fake.end('lint');
    assert.deepEqual(fake.names(), ['types'], 'no test begins while a check runs');
    await fake.end('types');
    assert.deepEqual(fake.names(), ['e2e', 'ray', 'vscode']);
    await fake.end('ray');
    assert.deepEqual(fake.names(), ['e2e', 'vscode'], 'the lane of a stage that waits stays empty');
    await fake.end('vscode');
    assert.deepEqual(fake.names(), ['e2e', 'unit']);
    await fake.end('e2e');
    await fake.end('unit');
    assert.equal((await all).length, stages.length);
  });

  it('skips the tests by name if the build fails, and still runs the checks', async () => {
    const fake = new FakeRun();
    const all = runSchedule({ stages, lanes: 2, run: fake.run });
    await fake.end('build', oneFailure('build', 'no such file'));
    await fake.end('lint');
    await fake.end('types');
    const skipped = (await all).flatMap((results) => results.skipped);
    assert.deepEqual(
      skipped.map(({ name, reason }) => [name, reason]),
      ['ray', 'e2e', 'vscode', 'unit'].map((name) => [name, 'the build failed']),
    );
  });

  it('runs tests without a build if none was asked for', async () => {
    const fake = new FakeRun();
    const all = runSchedule({ stages: stages.filter(({ name }) => name === 'lint'), lanes: 1, run: fake.run });
    await new Promise(setImmediate);
    assert.deepEqual(fake.names(), ['lint']);
    await fake.end('lint');
    assert.equal((await all).length, 1);
  });

  it('begins nothing more once it is stopped', async () => {
    const fake = new FakeRun();
    let stopped = false;
    const all = runSchedule({ stages, lanes: 1, run: fake.run, stopped: () => stopped });
    await fake.end('build');
    stopped = true;
    await fake.end('lint');
    await fake.end('types');
    assert.deepEqual(fake.names(), []);
    assert.equal((await all).length, 3);
  });
});

import assert from 'node:assert/strict';
import type { Actor } from '../../../src/discovery/actors';
import { chooseRun, type RunEvidence } from '../../../src/discovery/runChoice';
import { runFindings } from '../../../src/collector/runFindings';

const actor = (workerId: string, jobId: string, startedAt: number, more: Partial<Actor> = {}): Actor => ({
  workerId,
  jobId,
  startedAt,
  className: 'VLLMServerActor',
  state: 'ALIVE',
  ...more,
});
const dead = { state: 'DEAD' };
const evidence = (more: Partial<RunEvidence> = {}): RunEvidence => ({
  chosenJob: undefined,
  model: undefined,
  expectedEngines: undefined,
  modelByWorker: new Map(),
  ...more,
});

describe('chooseRun', () => {
  const two = [actor('a1', '01', 1), actor('a2', '01', 2), actor('b1', '02', 9)];
  const models = new Map([
    ['a1', 'big'],
    ['b1', 'small'],
  ]);

  const rows: readonly (readonly [
    what: string,
    actors: Actor[],
    Partial<RunEvidence>,
    job: string | undefined,
    unclear: boolean,
    why: RegExp,
    others: string[],
  ])[] = [
    ['chooses nothing without actors', [], {}, undefined, false, /^$/, []],
    [
      'chooses the only run without evidence',
      [actor('a1', '01', 1)],
      { expectedEngines: 7, model: 'other' },
      '01',
      false,
      /^$/,
      [],
    ],
    [
      'chooses the run that is alive',
      [actor('a1', '01', 9, dead), actor('b1', '02', 3)],
      {},
      '02',
      false,
      /only one alive/,
      ['a1'],
    ],
    [
      'chooses the newest of runs that have ended, unambiguously',
      [actor('a1', '01', 1, dead), actor('b1', '02', 9, dead)],
      {},
      '02',
      false,
      /newest/,
      ['a1'],
    ],
    ['chooses by the config’s model', two, { modelByWorker: models, model: 'big' }, '01', false, /serves big/, ['b1']],
    [
      'ignores a model that no run serves',
      two,
      { modelByWorker: models, model: 'huge' },
      '02',
      true,
      /newest/,
      ['a1', 'a2'],
    ],
    ['chooses by the number of engines', two, { expectedEngines: 2 }, '01', false, /2 engines/, ['b1']],
    [
      'prefers the model to the number of engines',
      two,
      { modelByWorker: models, model: 'small', expectedEngines: 2 },
      '02',
      false,
      /serves small/,
      ['a1', 'a2'],
    ],
    [
      'chooses by the number of engines among runs of one model',
      two,
      {
        modelByWorker: new Map([
          ['a1', 'm'],
          ['b1', 'm'],
        ]),
        model: 'm',
        expectedEngines: 1,
      },
      '02',
      false,
      /1 engines/,
      ['a1', 'a2'],
    ],
    ['chooses the newest without evidence, ambiguously', two, {}, '02', true, /newest/, ['a1', 'a2']],
    [
      'prefers the selected run to all evidence',
      two,
      { chosenJob: '01', modelByWorker: models, model: 'small' },
      '01',
      false,
      /chosen/,
      ['b1'],
    ],
    [
      'ignores a selected run that is not there',
      two,
      { chosenJob: '07', expectedEngines: 2 },
      '01',
      false,
      /2 engines/,
      ['b1'],
    ],
    [
      'does not count trainers as engines',
      [...two, actor('t', '03', 99, { className: 'Trainer' })],
      { expectedEngines: 2 },
      '01',
      false,
      /2 engines/,
      ['b1'],
    ],
    [
      'counts a worker that reports as an engine as one',
      [actor('a1', '01', 1), actor('x', '03', 99, { className: 'AsyncEngine' })],
      { modelByWorker: new Map([['x', 'm']]) },
      '03',
      true,
      /newest/,
      ['a1'],
    ],
  ];
  for (const [what, actors, more, job, unclear, why, others] of rows) {
    it(what, () => {
      const choice = chooseRun(actors, evidence(more));
      assert.deepEqual([choice.job, choice.isAmbiguous, [...choice.otherWorkers].sort()], [job, unclear, others]);
      assert.match(choice.reason, why);
    });
  }

  it('leads to a finding if more than one run is alive, with a way to select one if it is ambiguous', () => {
    const [unclear] = runFindings(chooseRun(two, evidence()));
    assert.deepEqual([unclear?.id, unclear?.severity], ['several-runs', 'warning']);
    assert.match(
      unclear?.message ?? '',
      /2 runs .* job 02 \(1 engine\): it is the newest\. Left out: job 01 \(2 engines\).*Select Run/,
    );
    const [clear] = runFindings(chooseRun(two, evidence({ modelByWorker: models, model: 'big' })));
    assert.equal(clear?.severity, 'info');
    assert.doesNotMatch(clear?.message ?? '', /Select Run/);
    assert.deepEqual(runFindings(chooseRun([actor('a1', '01', 1, dead), actor('b1', '02', 3)], evidence())), []);
  });
});

/** Which run of a cluster is ours, and by which evidence. */
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

describe('the runs of a cluster', () => {
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
    ['nobody', [], {}, undefined, false, /^$/, []],
    ['one run', [actor('a1', '01', 1)], { expectedEngines: 7, model: 'other' }, '01', false, /^$/, []],
    [
      'one run after another: the one that lives',
      [actor('a1', '01', 9, dead), actor('b1', '02', 3)],
      {},
      '02',
      false,
      /alone lives/,
      ['a1'],
    ],
    [
      'all ended: the newest, and nobody asks',
      [actor('a1', '01', 1, dead), actor('b1', '02', 9, dead)],
      {},
      '02',
      false,
      /newest/,
      ['a1'],
    ],
    ['the model of the config', two, { modelByWorker: models, model: 'big' }, '01', false, /serves big/, ['b1']],
    [
      'a model that none serves says nothing',
      two,
      { modelByWorker: models, model: 'huge' },
      '02',
      true,
      /newest/,
      ['a1', 'a2'],
    ],
    ['the number of engines', two, { expectedEngines: 2 }, '01', false, /2 engines/, ['b1']],
    [
      'the model before the number',
      two,
      { modelByWorker: models, model: 'small', expectedEngines: 2 },
      '02',
      false,
      /serves small/,
      ['a1', 'a2'],
    ],
    [
      'the same model: the number decides',
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
    ['no evidence: the newest, unclear', two, {}, '02', true, /newest/, ['a1', 'a2']],
    [
      'chosen, against all evidence',
      two,
      { chosenJob: '01', modelByWorker: models, model: 'small' },
      '01',
      false,
      /chosen/,
      ['b1'],
    ],
    [
      'a chosen one that is not there says nothing',
      two,
      { chosenJob: '07', expectedEngines: 2 },
      '01',
      false,
      /2 engines/,
      ['b1'],
    ],
    [
      'trainers are no engines',
      [...two, actor('t', '03', 99, { className: 'Trainer' })],
      { expectedEngines: 2 },
      '01',
      false,
      /2 engines/,
      ['b1'],
    ],
    [
      'whoever reports as an engine is one',
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

  it('are said where more than one lives, with the way to choose where it is unclear', () => {
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

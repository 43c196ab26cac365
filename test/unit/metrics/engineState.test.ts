import { strict as assert } from 'node:assert';
import { catalogRow } from '../../../src/metrics/catalog';
import type { RayRecording } from '../../demonstration/index';
import { replayRecording } from '../support/replay';
import { factsIn, newScene, rayEngine, targetA } from './scene';

/** The states of `engine 0, engine 1, …` in one step, with the recorded actors and without, and the evidence. */
type StepStates = readonly [step: string, states: string, statesWithoutActors: string, evidence: string];

const expected: Partial<Record<RayRecording, readonly StepStates[]>> = {
  'ray-2.57': [
    ['01', 'active active active', 'active active active', 'fresh gauges say that requests run'],
    ['02', 'active active active', 'active active active', 'counters move'],
    ['03', 'active active active', 'active active active', 'counters move'],
    ['04', 'active active active', 'active active active', 'counters move'],
    ['05', 'active active active', 'active active active', 'counters move'],
    [
      '06',
      'quiet quiet quiet',
      'silent silent silent',
      '45 s later: movements are old and gauges gone; the actors are alive, or unknown without an answer',
    ],
    [
      '07',
      'silent silent silent',
      'silent silent silent',
      'no actors were recorded here: no gauges, counters still, no evidence of life',
    ],
    ['08', 'active active active', 'active active active', 'gauges are back'],
    ['09', 'dead active active', 'active active active', 'killed 4 s ago: its actor is dead, its gauges still there'],
    ['10', 'dead active active', 'silent active active', 'dead for 34 s: gauges gone, counters stay'],
    [
      '11',
      'dead active active active',
      'silent active active active',
      'the new engine has another WorkerId; the dead one’s counters are still there',
    ],
    ['12', 'dead active active active', 'silent active active active', 'as before'],
  ],
  'ray-2.57-speculation': ['01', '02', '03', '04', '05'].map((step): StepStates => [
    step,
    'active active',
    'active active',
    'load; in 05 nothing moved, but gauges are fresh',
  ]),
  'ray-2.56': [
    ['01', 'active active', 'active active', 'gauges'],
    ['02', 'active active', 'active active', 'gauges'],
    [
      '03',
      'active active',
      'active active',
      'one second later the gauges are taken; they and the movement of 02 are fresh',
    ],
    ['04', 'active active', 'active active', 'counters move'],
    ['05', 'quiet quiet', 'quiet quiet', 'gauges say 0'],
    ['06', 'silent silent', 'silent silent', 'no gauges, no movement, no actors: dead and idle look the same'],
  ],
  'ray-2.51': [
    ['01', 'active active', 'active active', 'gauges'],
    ['02', 'active active', 'active active', 'gauges'],
    ['03', 'active active', 'active active', 'within one report'],
    ['04', 'active active', 'active active', 'counters move'],
    ['05', 'quiet quiet', 'quiet quiet', 'gauges say 0'],
    ['06', 'quiet quiet', 'quiet quiet', 'one is dead, but its gauges still say 0 and no actors were recorded'],
  ],
};

describe('deriveEngineState: recordings', () => {
  for (const [name, rows] of Object.entries(expected) as [RayRecording, readonly StepStates[]][]) {
    for (const [how, withActors, column] of [
      ['with the recorded actors', true, 1],
      ['without actors', false, 2],
    ] as const) {
      it(`derives the states of ${name} ${how}`, async () => {
        const replayed = await replayRecording(name, { withActors });
        assert.equal(replayed.length, rows.length);
        replayed.forEach(({ step, snapshot }, index) => {
          const row = rows[index] ?? assert.fail();
          assert.ok(step.name.startsWith(row[0]));
          assert.equal(snapshot.engines.map(({ state }) => state).join(' '), row[column], `${step.name}: ${row[3]}`);
          assert.deepEqual(
            snapshot.engines.map((engine) => engine.name),
            snapshot.engines.map((_, number) => `engine ${number}`),
            'names are fixed at first sight',
          );
        });
      });
    }
  }
});

describe('ray-2.57: the killed engine and its successor', () => {
  it('reports the dead engine as an error and leaves it out of all measures in steps 09 and 10', async () => {
    const replayed = await replayRecording('ray-2.57', { expected: 3 });
    for (const { step, snapshot } of replayed.slice(8, 10)) {
      const [dead] = snapshot.engines;
      assert.deepEqual(
        factsIn(snapshot).map(({ id, engine }) => [id, engine]),
        [
          ['engine-dead', dead?.id],
          ['fewer-engines', undefined],
        ],
        step.name,
      );
      assert.match(factsIn(snapshot)[1]?.message ?? '', /2 of 3 engines/);
      assert.deepEqual(dead?.measures, {});
      for (const [id, { of }] of Object.entries(snapshot.measures).filter(
        ([each]) => catalogRow(each).subject === 'engine',
      ))
        assert.equal(of, 2, `${step.name} ${id}`);
    }
  });

  it('lets the successor follow the dead engine in steps 11 and 12, which ends the error', async () => {
    for (const { snapshot } of (await replayRecording('ray-2.57', { expected: 3 })).slice(10)) {
      assert.deepEqual(
        snapshot.engines.map(({ follows }) => follows),
        [undefined, undefined, undefined, snapshot.engines[0]?.id],
      );
      assert.deepEqual(factsIn(snapshot), []);
    }
  });

  it('names engines in the order in which their actors began, and knows pid, node and model', async () => {
    const [first] = await replayRecording('ray-2.57');
    assert.deepEqual(
      first?.snapshot.engines.map(({ name, pid }) => [name, pid]),
      [
        ['engine 0', 25765],
        ['engine 1', 25767],
        ['engine 2', 25766],
      ],
    );
    for (const { node, model, id, workerId } of first?.snapshot.engines ?? [])
      assert.deepEqual([node, model, workerId], ['192.0.2.2', 'tiny/qwen2-random', id]);
  });

  it('keeps when counters last moved, also of engines that are still or dead', async () => {
    const replayed = await replayRecording('ray-2.57');
    const movedAt = (index: number): (number | undefined)[] =>
      replayed[index]?.snapshot.engines.map((engine) => engine.movedAt) ?? [];
    assert.deepEqual(movedAt(0), [undefined, undefined, undefined]);
    assert.deepEqual(movedAt(6), Array(3).fill(replayed[5]?.step.at), '07: last moved by 06');
    assert.equal(movedAt(11)[0], movedAt(9)[0], 'the dead one never again');
  });
});

describe('deriveEngineState: an engine that its target left out for minutes', () => {
  it('is not active by what it did in the meantime', () => {
    const scene = newScene();
    const body = (worker: string, tokens: number): string => rayEngine(worker, { generation_tokens_total: tokens });
    scene.scrape(0, { [targetA]: body('w1', 100) + body('w2', 100) });
    scene.scrape(10, { [targetA]: body('w1', 200) + body('w2', 200) });
    for (const second of [20, 100, 190]) scene.scrape(second, { [targetA]: body('w2', 1000 + second) });
    const { engines } = scene.scrape(200, { [targetA]: body('w1', 900) + body('w2', 2000) });
    assert.deepEqual(
      engines.map(({ id, state }) => `${id} ${state}`),
      ['w1 silent', 'w2 active'],
    );
  });
});

/** Rollouts and steps of made-up runs: what is known exactly, and what bad input must not break. */
import assert from 'node:assert/strict';
import type { WorkReading } from '../../../src/history/workReading';
import { WorkRows } from '../../../src/history/workRows';
import { RolloutTracker } from '../../../src/rollouts/rolloutTracker';
import type { Rollout } from '../../../src/shared/rollout';
import { memoryStorage, openWriter, reloadHistory } from '../history/memoryStorage';
import { atSecond, newRun, readingAt, scrapeRun, seconds, type MadeEngine } from './madeRun';

/** Two engines that work for a minute and rest for half of one; the second ends after 30 s. */
const pair = (count: number): MadeEngine[] => [
  { id: 'a', work: seconds(10, 10 + 90 * (count - 1), 90).map((from) => [from, from + 60, 100] as const) },
  { id: 'b', work: seconds(10, 10 + 90 * (count - 1), 90).map((from) => [from, from + 30, 50] as const) },
];

const whole = (all: readonly Rollout[]): Rollout[] => all.filter(({ cut }) => !cut);

function assertSound(all: readonly Rollout[]): void {
  for (const rollout of all) {
    assert.ok(rollout.to >= rollout.from && rollout.seconds >= 0, JSON.stringify(rollout));
    assert.ok(rollout.uncertainty >= 0 && Number.isFinite(rollout.uncertainty), JSON.stringify(rollout));
    assert.ok((rollout.idleShare ?? 0) >= 0 && (rollout.idleShare ?? 0) <= 1, JSON.stringify(rollout));
    assert.doesNotMatch(JSON.stringify(rollout), /null/, 'no number that is none');
  }
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length, 'every id once');
}

describe('Rollouts of a synchronous trainer without a phase', () => {
  const { all } = scrapeRun(pair(3), seconds(0, 280, 2)).update();

  it('are rollouts only, with exact counts', () => {
    assertSound(all);
    assert.deepEqual(
      all.map(({ kind, cut, phases }) => [kind, cut, phases]),
      Array<unknown>(3).fill(['rollout', false, undefined]),
    );
    for (const { tokens, requests } of all) {
      assert.deepEqual(tokens, { prompt: 15_000, output: 7500 });
      assert.equal(requests, 75);
    }
  });

  it('have duration, tail, idle time and imbalance to within the scrapes', () => {
    for (const rollout of all) {
      assert.ok(
        Math.abs(rollout.seconds - 60) <= rollout.uncertainty && rollout.uncertainty <= 2,
        `${rollout.seconds}`,
      );
      assert.ok(Math.abs((rollout.tailSeconds ?? NaN) - 30) <= 4);
      assert.ok(Math.abs((rollout.idleShare ?? NaN) - 0.25) < 0.05);
      assert.equal(rollout.imbalance, 6000 / 3750);
      assert.equal(rollout.lastEngine, 'engine a');
      assert.equal(rollout.slowestEngine?.name, 'engine b');
    }
  });

  it('have no tail if there is one engine', () => {
    const [single] = scrapeRun(pair(1).slice(0, 1), seconds(0, 120, 2)).update().all;
    assert.equal(single?.cut, false);
    assert.equal(single.tailSeconds, undefined);
    assert.equal(single.imbalance, undefined);
  });
});

describe('Steps of fully asynchronous training', () => {
  const endless: MadeEngine[] = [
    { id: 'a', work: [[-100, 10_000, 100]] },
    { id: 'b', work: [[-100, 10_000, 40]] },
  ];
  const phaseAt = (second: number): string => {
    const inCycle = second % 100;
    return inCycle < 15 ? 'sync_weights' : inCycle < 40 ? 'wait_for_generation_buffer' : 'run_training';
  };

  it('are found where engines never rest, and then there are no rollouts', () => {
    const { all, present } = scrapeRun(endless, seconds(30, 530, 5), phaseAt).update();
    assertSound(all);
    assert.deepEqual([...new Set(all.map(({ kind }) => kind))], ['step']);
    assert.equal(present?.kind, 'step');
    const steps = whole(all);
    assert.equal(steps.length, 4);
    for (const step of steps) {
      assert.ok(Math.abs(step.seconds - 100) <= step.uncertainty);
      // Between two syncs of the same length whatever phase they fall in: 100 s of both engines.
      assert.ok(Math.abs((step.tokens.output ?? NaN) - 14_000) <= 140 * 5);
      assert.equal(step.idleShare, 0);
      assert.deepEqual(Object.keys(step.phases ?? {}), ['sync_weights', 'wait_for_generation_buffer', 'run_training']);
      const sum = Object.values(step.phases ?? {}).reduce((total, each) => total + each, 0);
      assert.ok(Math.abs(sum - step.seconds) < 0.01);
    }
    const tokens = steps.reduce((sum, step) => sum + (step.tokens.output ?? 0), 0);
    assert.equal(tokens, 4 * 14_000, 'nothing is lost or counted twice between steps');
  });

  it('begin after a training even where the weight sync was too short to be seen', () => {
    const hidden = (second: number): string => (second % 100 < 40 ? 'wait_for_generation_buffer' : 'run_training');
    assert.equal(whole(scrapeRun(endless, seconds(30, 530, 5), hidden).update().all).length, 4);
  });
});

describe('Bad input of rollouts', () => {
  it('marks a run that is joined in the middle', () => {
    const { all } = scrapeRun(pair(2), seconds(40, 190, 5)).update();
    assertSound(all);
    assert.deepEqual(
      all.map(({ cut }) => cut),
      [true, false],
    );
    assert.equal(all[0]?.from, atSecond(40), 'it begins when it was first seen');
    // The first reading is what later ones are compared with.
    assert.equal(all[0].tokens.output, 3000);
  });

  it('keeps the tokens of an engine that dies within, and measures the tail by the others', () => {
    const engines: MadeEngine[] = [...pair(1), { id: 'c', work: [[10, 70, 10]], diesAt: 30 }];
    const [rollout] = scrapeRun(engines, seconds(0, 130, 2)).update().all;
    assert.equal(rollout?.cut, false);
    assert.equal(rollout.engines, 3);
    assert.equal(rollout.tokens.output, 7500 + 200);
    assert.equal(rollout.lastEngine, 'engine a');
    assert.ok(Math.abs((rollout.tailSeconds ?? NaN) - 30) <= 4);
    assert.equal(rollout.imbalance, 6000 / 3750, 'the dead engine is not compared');
  });

  it('follows an engine that leaves the list without a word', () => {
    const run = newRun();
    for (const second of seconds(0, 130, 2)) {
      const reading = readingAt(pair(1), second);
      run.add({ ...reading, engines: reading.engines.filter(({ id }) => id === 'a' || second < 20) });
    }
    const { all } = run.update();
    assertSound(all);
    assert.equal(all.length, 1);
    assert.ok(Math.abs((all[0]?.seconds ?? NaN) - 60) <= 2);
  });

  it('survives a clock that jumps back, and finds what follows', () => {
    const run = newRun();
    for (const second of seconds(0, 200, 5)) run.add(readingAt(pair(3), second));
    const before = run.update().all.length;
    assert.ok(before >= 2);
    // An hour earlier by the clock; the engines continue.
    const back = 3600;
    const shifted = (reading: WorkReading): WorkReading => ({
      ...reading,
      at: reading.at - back * 1000,
      engines: reading.engines.map((engine) => ({ ...engine, at: (engine.at ?? 0) - back * 1000 })),
    });
    for (const second of seconds(205, 280, 5)) run.add(shifted(readingAt(pair(3), second)));
    const { all } = run.update();
    assertSound(all);
    assert.ok(
      all.every(({ to }) => to <= atSecond(280 - back)),
      'what the new clock has not reached is gone',
    );
    for (const second of seconds(285, 560, 5)) run.add(shifted(readingAt(pair(6), second)));
    const again = whole(run.update().all);
    assertSound(again);
    assert.ok(again.length >= 2, 'later rollouts are found');
    for (const rollout of again) assert.ok(Math.abs(rollout.seconds - 60) <= rollout.uncertainty);
  });

  it('cuts off what a gap of minutes hides, on both sides of it', () => {
    const long: MadeEngine[] = [
      { id: 'a', work: [[10, 600, 100]] },
      { id: 'b', work: [[10, 600, 50]] },
    ];
    const { all } = scrapeRun(long, [...seconds(0, 60, 5), ...seconds(400, 700, 5)]).update();
    assertSound(all);
    assert.ok(all.length >= 1);
    assert.ok(all.every(({ cut }) => cut));
    // A jump of the clock ahead looks the same, and a rollout after it counts again.
    const later: MadeEngine[] = long.map((engine) => ({ ...engine, work: [...engine.work, [640, 700, 10]] }));
    const after = scrapeRun(later, [...seconds(0, 60, 5), ...seconds(400, 800, 5)]).update().all;
    assert.equal(after.at(-1)?.cut, false);
    assert.equal(after.at(-1)?.tokens.output, 1200);
  });

  it('bridges a target that does not answer for a minute', () => {
    const run = newRun();
    for (const second of seconds(0, 130, 5)) {
      const reading = readingAt(pair(1), second);
      const engines = reading.engines.map((engine) => {
        const { at: _, ...silent } = engine;
        return engine.id === 'b' && second > 15 && second < 75 ? silent : engine;
      });
      run.add({ ...reading, engines });
    }
    const [rollout] = whole(run.update().all);
    assert.ok(rollout);
    assert.equal(rollout.tokens.output, 7500, 'nothing is lost');
    assert.ok(Math.abs(rollout.seconds - 60) <= rollout.uncertainty);
  });

  /** How many rows of the history each call reads. */
  function countReads(times: number, call: (index: number) => void): number[] {
    const original = WorkRows.prototype.at;
    let reads = 0;
    WorkRows.prototype.at = function (index) {
      reads += 1;
      return original.call(this, index);
    };
    try {
      return Array.from({ length: times }, (_, index) => {
        reads = 0;
        call(index);
        return reads;
      });
    } finally {
      WorkRows.prototype.at = original;
    }
  }

  it('keeps 2,000 steps of engines that never rest, and looks only at new rows', () => {
    const count = 2200;
    const engines: MadeEngine[] = [
      { id: 'a', work: [[-100, 1e7, 100]] },
      { id: 'b', work: [[-100, 1e7, 40]] },
    ];
    const run = newRun();
    const phases = ['sync_weights', 'wait_for_generation_buffer', 'run_training', 'run_training'];
    const readsOf = countReads(count, (index) => {
      for (const [quarter, phase] of phases.entries())
        run.history.addWork(readingAt(engines, index * 80 + quarter * 20, phase));
      run.update();
    });
    const { all, present } = run.update();
    assert.equal(present?.kind, 'step');
    assert.ok(all.every(({ kind }) => kind === 'step'));
    assert.equal(all.length, 2001, 'and the one in progress');
    assert.ok(whole(all).every(({ tokens }) => tokens.output === 140 * 80));
    assert.ok((readsOf.at(-1) ?? NaN) <= 2 * (readsOf[10] ?? NaN), `${readsOf[10]} rows read, then ${readsOf.at(-1)}`);
    // When they rest at last, no rollout of two days is left, and the next one is found.
    const end = count * 80;
    const after = (second: number): WorkReading =>
      readingAt(
        [
          {
            id: 'a',
            work: [
              [-100, end, 100],
              [end + 100, end + 160, 100],
            ],
          },
          {
            id: 'b',
            work: [
              [-100, end, 40],
              [end + 100, end + 130, 40],
            ],
          },
        ],
        second,
      );
    for (const second of seconds(end, end + 240, 5)) run.add(after(second));
    const rollouts = run.update().all.filter(({ kind }) => kind === 'rollout');
    assert.deepEqual(
      rollouts.map(({ cut, tokens }) => [cut, tokens.output]),
      [[false, 7200]],
    );
    const again = new RolloutTracker().update({ work: run.history.work, bandsBetween: () => [] });
    assert.deepEqual(again, run.update(), 'found at once, they are the same');
  });

  it('keeps 2,000 rollouts, and looks only at new rows', () => {
    const count = 2500;
    const engines = pair(1).map(({ id, work }) => ({ id, work }));
    const run = newRun();
    const readsOf = countReads(count, (each) => {
      for (const second of [0, 20, 38, 50, 68, 80]) {
        const { at, engines: readings } = readingAt(engines, second);
        const shift = each * 90_000;
        run.history.addWork({
          at: at + shift,
          engines: readings.map((engine) => ({
            ...engine,
            at: at + shift,
            totals: { outputTokens: (engine.totals.outputTokens ?? 0) + each * (engine.id === 'a' ? 6000 : 1500) },
          })),
        });
      }
      run.update();
    });
    const all = run.update().all.filter(({ isOpen }) => !isOpen);
    assert.equal(all.length, 2000);
    assert.equal(all.at(-1)?.from, (all.at(-2)?.from ?? NaN) + 90_000);
    assert.ok((all.at(-1)?.to ?? NaN) > atSecond(90 * (count - 2)), 'the oldest are dropped');
    assert.ok(all.every(({ cut, tokens }) => !cut && tokens.output === 7500));
    assert.ok((readsOf.at(-1) ?? NaN) <= 2 * (readsOf[10] ?? NaN), `${readsOf[10]} rows read, then ${readsOf.at(-1)}`);
  });
});

describe('Rollouts after a reload', () => {
  it('are those of before, and the one in progress goes on', async () => {
    const storage = memoryStorage();
    const { history, journal } = openWriter(storage, 'one');
    const run = newRun(history);
    const phaseAt = (second: number): string => (second % 90 < 70 ? 'wait_for_generation_buffer' : 'run_training');
    for (const second of seconds(0, 230, 5)) run.add(readingAt(pair(4), second, phaseAt(second)));
    await journal.take(history, atSecond(230), true);
    await journal.write(atSecond(230));
    const before = run.update().all;
    const again = newRun(await reloadHistory(storage, atSecond(235)));
    const isEnded = ({ isOpen }: Rollout): boolean => isOpen !== true;
    assert.ok(before.filter(isEnded).length >= 3);
    assert.deepEqual(again.update().all.filter(isEnded), before.filter(isEnded));
    for (const second of seconds(240, 380, 5)) again.add(readingAt(pair(4), second, phaseAt(second)));
    const rollouts = again.update().all.filter(({ kind }) => kind === 'rollout');
    assert.deepEqual(
      rollouts.map(({ cut, tokens }) => [cut, tokens.output]),
      Array<unknown>(4).fill([false, 7500]),
      'the reload within the third costs nothing',
    );
  });
});

/** Rollouts with prefill/decode disaggregation: engines are compared with those of their role. */
import assert from 'node:assert/strict';
import type { Rollout } from '../../../src/shared/rollout';
import { memoryStorage, openWriter, reloadHistory } from '../history/memoryStorage';
import { atSecond, newRun, readingAt, scrapeRun, seconds, type MadeEngine } from './madeRun';

/** Two engines that read prompts for 10 s, and two that generate: one for 60 s, one for half of that. */
const disaggregated: readonly MadeEngine[] = [
  { id: 'p0', role: 'prefill', work: [[10, 20, 1]] },
  { id: 'p1', role: 'prefill', work: [[10, 20, 1]] },
  { id: 'd0', role: 'decode', work: [[10, 70, 100]] },
  { id: 'd1', role: 'decode', work: [[10, 40, 100]] },
];
const withoutRoles = disaggregated.map(({ id, work }): MadeEngine => ({ id, work }));

function rolloutOf(engines: readonly MadeEngine[]): Rollout {
  const [rollout] = scrapeRun(engines, seconds(0, 130, 1)).update().all;
  assert.ok(rollout && !rollout.cut);
  return rollout;
}

function assertNear(value: number | undefined, expected: number, tolerance: number): void {
  assert.ok(Math.abs((value ?? NaN) - expected) <= tolerance, `${value}, not ${expected}`);
}

describe('Rollouts with prefill/decode disaggregation', () => {
  it('do not count a prefill engine as idle once the prompts are read', () => {
    const rollout = rolloutOf(disaggregated);
    // Idle is only the half minute in which one decode engine waits for the other.
    assertNear(rollout.idleSeconds, 30, 3);
    assertNear(rollout.idleShare, 30 / (10 + 10 + 60 + 60), 0.02);
    assertNear(rolloutOf(withoutRoles).idleShare, 130 / 240, 0.02);
  });

  it('have a tail, an imbalance and a slowest engine among the engines that generate', () => {
    const rollout = rolloutOf(disaggregated);
    assertNear(rollout.tailSeconds, 30, 3);
    assert.equal(rollout.imbalance, 6000 / 4500);
    assert.ok(rollout.slowestEngine?.name.startsWith('engine d'));
    // Without roles, half of the engines would have ended with the prompts.
    assertNear(rolloutOf(withoutRoles).tailSeconds, 50, 3);
  });

  it('count a prefill engine as idle while another one has prompts', () => {
    const uneven = disaggregated.map((engine) =>
      engine.id === 'p0' ? { ...engine, work: [[10, 50, 1]] as const } : engine,
    );
    assertNear(rolloutOf(uneven).idleSeconds, 30 + 30, 3);
  });

  it('count a decode engine as idle only once another one generates', () => {
    const late = disaggregated.map((engine) =>
      engine.id === 'd0'
        ? { ...engine, work: [[15, 70, 100]] as const }
        : engine.id === 'd1'
          ? { ...engine, work: [[25, 70, 100]] as const }
          : engine,
    );
    assertNear(rolloutOf(late).idleSeconds, 10, 3);
  });

  it('count all engines as idle while none works: generation waits for training', () => {
    const work = [
      [0, 50, 10],
      [100, 150, 10],
      [200, 250, 10],
      [300, 350, 10],
    ] as const;
    const engines: MadeEngine[] = [
      { id: 'p', role: 'prefill', work },
      { id: 'd', role: 'decode', work },
    ];
    const phaseAt = (second: number): string =>
      second % 100 < 5 ? 'sync_weights' : second % 100 < 50 ? 'wait_for_generation_buffer' : 'run_training';
    const steps = scrapeRun(engines, seconds(0, 320, 1), phaseAt)
      .update()
      .all.filter(({ kind, cut }) => kind === 'step' && !cut);
    assert.ok(steps.length >= 2);
    for (const { idleShare } of steps) assertNear(idleShare, 0.5, 0.03);
  });

  it('do not excuse engines whose role is not known', () => {
    const partly = disaggregated.map((engine) => (engine.id === 'p1' ? { id: 'p1', work: engine.work } : engine));
    assertNear(rolloutOf(partly).idleSeconds, 30 + 50, 3);
  });

  it('are the same after a reload, in which no scrape has told a role yet', async () => {
    const storage = memoryStorage();
    const { history, journal } = openWriter(storage, 'one');
    const run = newRun(history);
    for (const second of seconds(0, 60, 2)) run.add(readingAt(disaggregated, second));
    await journal.take(history, atSecond(60), true);
    await journal.write(atSecond(60));
    const again = newRun(await reloadHistory(storage, atSecond(61)));
    for (const second of seconds(62, 130, 2)) again.add(readingAt(withoutRoles, second));
    const [rollout] = again.update().all;
    assertNear(rollout?.idleSeconds, 30, 4);
  });
});

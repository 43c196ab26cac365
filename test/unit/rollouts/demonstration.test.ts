/** Rollouts and steps of the demonstration, compared with what its simulation and its scenario know. */
import assert from 'node:assert/strict';
import type { Rollout } from '../../../src/shared/rollout';
import { demonstrationScenario } from '../../demonstration/live/demonstrationScenario';
import { demoStart, watchDemo, type DemoTruth, type DemoWatch } from './demoRun';

/** A report of Ray: no boundary and no phase can be further off. */
const reportSeconds = 10;
const { cycleSeconds, headStartSeconds, phases: script } = demonstrationScenario;
/** Unix ms of a second of the scenario. */
const atSecond = (second: number): number => demoStart + (second - headStartSeconds) * 1000;

/** By family: how far the reported counters of all workers advanced between two moments. */
function advanced(before: DemoTruth, after: DemoTruth): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [worker, counters] of Object.entries(after.reported))
    for (const [family, value] of Object.entries(counters))
      sums[family] = (sums[family] ?? 0) + value - (before.reported[worker]?.[family] ?? 0);
  return sums;
}

const counted = ({ tokens, requests, preemptions }: Rollout): Record<string, number | undefined> => ({
  generation_tokens: tokens.output,
  prompt_tokens: tokens.prompt,
  request_success: requests,
  num_preemptions: preemptions,
});

/** Each step of the script: when it begins and ends, and the seconds of its phases. */
function scriptedSteps(until: number): { from: number; to: number; phases: Record<string, number> }[] {
  const changes = Array.from({ length: Math.ceil(until / cycleSeconds) + 1 }, (_, cycle) =>
    script.map(([second, name]) => ({ at: cycle * cycleSeconds + second, name: name ?? 'none' })),
  ).flat();
  const syncs = changes.filter(({ name }) => name === 'sync_weights').map(({ at }) => at);
  return syncs.flatMap((from, index) => {
    const to = syncs[index + 1];
    if (to === undefined || to > until) return [];
    const phases: Record<string, number> = {};
    changes.forEach(({ at, name }, position) => {
      const end = Math.min(to, changes[position + 1]?.at ?? to);
      if (at >= from && at < to) phases[name] = (phases[name] ?? 0) + end - at;
    });
    return [{ from, to, phases }];
  });
}

describe('Rollouts of the demonstration', function () {
  this.timeout(120_000);
  let watch: DemoWatch;
  let all: readonly Rollout[];
  const wholeOf = (kind: Rollout['kind']): Rollout[] => all.filter((each) => each.kind === kind && !each.cut);

  before(async () => {
    const seconds = Array.from({ length: 64 }, (_, index) => index * 10 + 1.3);
    watch = await watchDemo({ seconds });
    all = watch.rollouts().all;
  });

  it('have the steps of the script, each phase to within a report', () => {
    const steps = wholeOf('step');
    const scripted = scriptedSteps(64 * 10 - reportSeconds);
    assert.equal(steps.length, scripted.length);
    scripted.forEach(({ from, to, phases }, index) => {
      const step = steps[index] as Rollout;
      assert.ok(Math.abs(step.from - atSecond(from)) <= reportSeconds * 1000, `step ${index} begins at ${step.from}`);
      assert.ok(Math.abs(step.seconds - (to - from)) <= step.uncertainty, `step ${index}: ${step.seconds} s`);
      assert.ok(step.uncertainty <= 2 * reportSeconds, `step ${index}: ± ${step.uncertainty} s`);
      assert.deepEqual(Object.keys(step.phases ?? {}).sort(), Object.keys(phases).sort());
      for (const [name, seconds] of Object.entries(phases)) {
        // A phase that comes twice in a step is off at twice as many ends.
        const found = step.phases?.[name] ?? 0;
        assert.ok(Math.abs(found - seconds) <= reportSeconds, `step ${index}, ${name}: ${found} s, not ${seconds} s`);
      }
      const sum = Object.values(step.phases ?? {}).reduce((total, seconds) => total + seconds, 0);
      assert.ok(Math.abs(sum - step.seconds) < 0.01, 'the phases add up to the duration');
    });
  });

  it('have exactly the tokens, requests and preemptions that the engines reported', () => {
    const steps = all.filter(({ kind }) => kind === 'step');
    const readAt = ({ id }: Rollout): number => Number(id.split('-')[1]);
    const truthAt = (at: number): DemoTruth => watch.truths.find((truth) => truth.at === at) as DemoTruth;
    const whole = wholeOf('step');
    assert.ok(whole.length >= 3);
    for (const step of whole) {
      const next = steps[steps.indexOf(step) + 1] as Rollout;
      assert.deepEqual(counted(step), advanced(truthAt(readAt(step)), truthAt(readAt(next))), step.id);
    }
    // A rollout begins and ends in a rest, in which nothing is counted.
    const [rollout] = wholeOf('rollout');
    assert.ok(rollout);
    const before = watch.truths.findLast(({ at }) => at < rollout.from - 1000 * reportSeconds) as DemoTruth;
    const after = watch.truths.find(({ at }) => at > rollout.to + 1000 * reportSeconds) as DemoTruth;
    assert.deepEqual(counted(rollout), advanced(before, after));
    assert.ok((rollout.tokens.output ?? 0) > 1_000_000);
  });

  it('begin and end when the engines do, with their tail and idle time', () => {
    const [rollout] = wholeOf('rollout');
    assert.ok(rollout);
    const { moments } = watch;
    const near = moments.filter(({ at }) => Math.abs(at - (rollout.from + rollout.to) / 2) < (cycleSeconds / 2) * 1000);
    const working = near.filter(({ works }) => works.some(Boolean));
    const [begin, end] = [working[0]?.at ?? NaN, working.at(-1)?.at ?? NaN];
    assert.ok(Math.abs(rollout.seconds - (end - begin) / 1000) <= rollout.uncertainty, `${rollout.seconds} s`);
    assert.ok(Math.abs(rollout.from - begin) <= reportSeconds * 1000);
    assert.ok(Math.abs(rollout.to - end) <= reportSeconds * 1000);
    const lastWork = [0, 1, 2, 3].map((slot) => working.findLast(({ works }) => works[slot])?.at ?? NaN);
    const halfDry = [...lastWork].sort((a, b) => a - b)[1] ?? NaN;
    assert.ok(Math.abs((rollout.tailSeconds ?? NaN) - (end - halfDry) / 1000) <= 2 * reportSeconds);
    // The dead engine's slot is empty for a while; its seconds count for no engine.
    const idle = working.reduce((sum, { works }) => sum + 0.25 * works.filter((each) => !each).length, 0);
    assert.ok(
      Math.abs((rollout.idleSeconds ?? NaN) - idle) <= 4 * 2 * reportSeconds,
      `${rollout.idleSeconds} s, ${idle} s`,
    );
    assert.ok((rollout.idleShare ?? NaN) >= 0 && (rollout.idleShare ?? NaN) <= 1);
    assert.equal(rollout.engines, 4, 'the dead engine and the one that follows it are never there at once');
  });

  it('compare only the engines that were there all the time', () => {
    const [rollout] = wholeOf('rollout');
    assert.ok(rollout);
    const before = watch.truths.findLast(({ at }) => at < rollout.from - 1000 * reportSeconds) as DemoTruth;
    const after = watch.truths.find(({ at }) => at > rollout.to + 1000 * reportSeconds) as DemoTruth;
    const stayed = watch.live.simulation.slots.slice(0, 3).map(({ worker }) => worker?.workerId ?? '');
    const tokens = stayed.map(
      (worker) =>
        (after.reported[worker]?.['generation_tokens'] ?? 0) - (before.reported[worker]?.['generation_tokens'] ?? 0),
    );
    const mean = tokens.reduce((sum, each) => sum + each, 0) / tokens.length;
    assert.ok(Math.abs((rollout.imbalance ?? NaN) - Math.max(...tokens) / mean) < 1e-9);
    assert.equal(rollout.slowestEngine?.name, 'engine 1', 'the slow engine of the scenario');
  });

  it('mark what was joined in the middle and what lasts as cut off', () => {
    const rollouts = all.filter(({ kind }) => kind === 'rollout');
    assert.deepEqual(
      rollouts.map(({ cut, isOpen }) => [cut, isOpen === true]),
      [
        [true, false],
        [false, false],
        [true, true],
      ],
    );
    assert.equal(rollouts[0]?.from, demoStart + 1300, 'its beginning is when it was first seen');
  });

  it('are in the snapshot while they last', () => {
    const { snapshots } = watch;
    const last = snapshots.at(-1);
    const present = all.find(({ kind, isOpen }) => kind === 'rollout' && isOpen);
    assert.ok(present);
    const { id, from, seconds, engines, tokens } = present;
    assert.deepEqual(last?.rollout, { id, from, seconds, engines, tokens });
    const asleep = snapshots.find(({ at }) => at > atSecond(260)) as (typeof snapshots)[number];
    assert.equal(asleep.rollout, undefined, 'all engines are asleep');
  });
});

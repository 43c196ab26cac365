/** Decides which stages run side by side. */
import { oneSkipped } from './results.mjs';

/**
 * @template {{ name: string, phase: 'build' | 'checks' | 'tests', waits?: boolean }} S
 * @typedef {object} Schedule
 * @property {readonly S[]} stages in the order in which they begin
 * @property {number} lanes how many stages that compute run at a time in the last phase
 * @property {(stage: S) => Promise<import('./results.mjs').Results>} run never rejects
 * @property {() => boolean} [stopped] whether nothing is to begin any more
 */

/**
 * Runs the build, then the checks side by side, then the tests: as many at a time as there are lanes, and beside them
 * those that mostly wait. Tests have deadlines, a real Ray above all, so none begins while the checks use every processor.
 * @template {{ name: string, phase: 'build' | 'checks' | 'tests', waits?: boolean }} S
 * @param {Schedule<S>} schedule
 * @returns {Promise<import('./results.mjs').Results[]>} in the order in which they ended
 */
export async function runSchedule({ stages, lanes, run, stopped = () => false }) {
  /** @type {import('./results.mjs').Results[]} */
  const all = [];
  /** @param {S[]} waiting */
  const lane = async (waiting) => {
    for (let stage = waiting.shift(); stage && !stopped(); stage = waiting.shift()) all.push(await run(stage));
  };
  const inPhase = (/** @type {S['phase']} */ phase) => stages.filter((stage) => stage.phase === phase);

  await lane(inPhase('build'));
  const built = all.every(({ failed }) => failed.length === 0);
  await Promise.all(inPhase('checks').map((stage) => lane([stage])));
  const tests = inPhase('tests');
  if (!built) return [...all, ...tests.map(({ name }) => oneSkipped(name, 'the build failed'))];
  const shared = tests.filter(({ waits }) => !waits);
  const beside = tests.filter(({ waits }) => waits);
  await Promise.all([...beside.map((stage) => lane([stage])), ...Array.from({ length: lanes }, () => lane(shared))]);
  return all;
}

/** `npm test [-- STAGE …]`: every stage, or those named. The last line printed is `N passed, N failed, N skipped`. */
import { availableParallelism } from 'node:os';
import { inScope, isEnding, runScript } from './lib/cleanup.mjs';
import { obtain } from './lib/downloads.mjs';
import { installDependencies } from './lib/npm.mjs';
import { serversEnv } from './lib/prometheus.mjs';
import { say, seconds, step } from './lib/progress.mjs';
import { oneFailure, oneSkipped, sum, summary } from './lib/results.mjs';
import { runSchedule } from './lib/schedule.mjs';
import { stages } from './lib/stages.mjs';
import { readTestArguments } from './lib/testArguments.mjs';
import { within } from './lib/waiting.mjs';

/** @typedef {import('./lib/results.mjs').Results} Results */

/** @typedef {import('./lib/stages.mjs').Stage} Stage */

/** @typedef {import('./lib/downloads.mjs').Downloads} Downloads */

/** Stages wait for windows more than they compute, so that two side by side take little longer than one. */
const lanes = Math.min(2, availableParallelism());

await runScript(async () => {
  const { list, names } = readTestArguments(
    process.argv.slice(2),
    stages.map(({ name }) => name),
  );
  if (list) {
    for (const { name, usualSeconds, about } of stages)
      say(`${name.padEnd(12)}${`${usualSeconds} s`.padStart(6)}   ${about}`);
    return 0;
  }
  const chosen = chooseStages(names);
  const downloaded = await download(chosen);
  const all =
    'failed' in downloaded
      ? [downloaded]
      : await runSchedule({ stages: chosen, lanes, run: (stage) => runStage(stage, downloaded), stopped: isEnding });
  if (isEnding()) return 1;
  const total = sum(all);
  for (const { name, reason } of total.skipped) say(`skipped: ${name}: ${reason}`);
  for (const { name, details } of total.failed) say(`\nfailed: ${name}\n${details}`);
  say(summary(total));
  return total.failed.length === 0 ? 0 : 1;
});

/**
 * The stages to run; the build is added if one of them needs it.
 * @param {string[]} names none means all
 */
function chooseStages(names) {
  const named = stages.filter(({ name }) => names.length === 0 || names.includes(name));
  const needsBuild = named.some(({ phase }) => phase === 'tests');
  return stages.filter((stage) => named.includes(stage) || (needsBuild && stage.phase === 'build'));
}

/**
 * Everything that the stages need, side by side, before the first of them begins.
 * @param {readonly Stage[]} chosen
 * @returns {Promise<Downloads | Results>} results if nothing can run
 */
async function download(chosen) {
  const wanted = new Set(chosen.flatMap(({ needs = [], uses = [] }) => [...needs, ...uses]));
  const [failure, found] = await Promise.all([
    installDependencies().then(
      () => undefined,
      (error) => oneFailure('dependencies', error instanceof Error ? error.message : String(error)),
    ),
    obtain([...wanted]),
  ]);
  return failure ?? found;
}

/**
 * @param {Stage} stage
 * @param {Downloads} found
 * @returns {Promise<Results>}
 */
async function runStage(stage, found) {
  const start = performance.now();
  const results = await step(stage.name, () => resultsOf(stage, found), { silent: true });
  // What is stopped on a signal fails because of it.
  if (isEnding()) return results;
  say(`${stage.name}: ${summary(results)} (${seconds(performance.now() - start)})`);
  for (const { name } of results.failed) say(`failed: ${name}`);
  return results;
}

/**
 * @param {Stage} stage
 * @param {Downloads} found
 * @returns {Promise<Results>}
 */
async function resultsOf({ name, needs = [], uses = [], seconds: limit, run }, found) {
  for (const need of needs) {
    const one = found[need];
    if (one && 'reason' in one) return oneSkipped(name, one.reason);
  }
  /** @type {import('./lib/stages.mjs').PathOf} */
  const pathOf = (need) => {
    const one = found[need];
    if (!needs.includes(need) || !one || 'reason' in one) throw new Error(`stage ${name} does not name ${need}`);
    return one.path;
  };
  const env = serversEnv(Object.fromEntries(uses.map((use) => [use, found[use]])));
  try {
    // What a late stage started may still run, and would disturb the others.
    return await inScope(() => within(run(pathOf, env), limit * 1000, `stage ${name}`));
  } catch (error) {
    return oneFailure(name, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

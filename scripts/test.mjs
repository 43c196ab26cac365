/** `npm test [-- STAGE …]`: every stage, or those named. The last line printed is `N passed, N failed, N skipped`. */
import { availableParallelism } from 'node:os';
import { inScope, isEnding, runScript } from './lib/cleanup.mjs';
import { installDependencies } from './lib/npm.mjs';
import { say, seconds } from './lib/progress.mjs';
import { oneFailure, oneSkipped, sum, summary } from './lib/results.mjs';
import { stages } from './lib/stages.mjs';
import { within } from './lib/waiting.mjs';

/** @typedef {import('./lib/results.mjs').Results} Results */

/** @typedef {import('./lib/stages.mjs').Stage} Stage */

/** Stages wait for windows more than they compute, so that two side by side take little longer than one. */
const lanes = Math.min(2, availableParallelism());

await runScript(async () => {
  const chosen = choose(process.argv.slice(2));
  await installDependencies();
  const all = await runStages(chosen);
  if (isEnding()) return 1;
  const total = sum(all);
  for (const { name, reason } of total.skipped) say(`skipped: ${name}: ${reason}`);
  for (const { name, details } of total.failed) say(`\nfailed: ${name}\n${details}`);
  say(summary(total));
  return total.failed.length === 0 ? 0 : 1;
});

/**
 * Each stage in its turn, as many at a time as there are lanes; one that mostly waits has a lane of its own.
 * @param {readonly Stage[]} chosen the build before those that need it
 */
async function runStages(chosen) {
  /** @type {Results[]} */
  const all = [];
  /** @type {Promise<Results> | undefined} */
  let build;
  /** @param {Stage[]} waiting */
  const lane = async (waiting) => {
    for (let stage = waiting.shift(); stage && !isEnding(); stage = waiting.shift()) {
      const usable = stage.fromSource || (await build)?.failed.length === 0;
      const results = usable ? runStage(stage) : Promise.resolve(oneSkipped(stage.name, 'the build failed'));
      if (stage.name === 'build') build = results;
      all.push(await results);
    }
  };
  const shared = chosen.filter(({ waits }) => !waits);
  const alone = chosen.filter(({ waits }) => waits);
  // The build is the first of the shared ones, and begins before anybody can wait for it.
  await Promise.all([...Array.from({ length: lanes }, () => lane(shared)), ...alone.map((stage) => lane([stage]))]);
  return all;
}

/**
 * The stages to run; a build is put before those that need one.
 * @param {string[]} names none means all
 */
function choose(names) {
  if (names.length === 0) return stages;
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown) throw new Error(`no stage ${unknown}; there are ${stages.map(({ name }) => name).join(', ')}`);
  const needsBuild = stages.some((stage) => names.includes(stage.name) && !stage.fromSource);
  return stages.filter(({ name }) => names.includes(name) || (needsBuild && name === 'build'));
}

/**
 * @param {import('./lib/stages.mjs').Stage} stage
 * @returns {Promise<Results>}
 */
async function runStage(stage) {
  const start = performance.now();
  /** @type {Results} */
  let results;
  try {
    // What a late stage started may still run, and would disturb the others.
    results = await inScope(() => within(stage.run(), stage.seconds * 1000, `stage ${stage.name}`));
  } catch (error) {
    results = oneFailure(stage.name, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  say(`${stage.name}: ${summary(results)} (${seconds(performance.now() - start)})`);
  return results;
}

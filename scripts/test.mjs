/** `npm test [-- STAGE …]`: every stage, or those named. The last line printed is `N passed, N failed, N skipped`. */
import { endAll, isEnding, runScript } from './lib/ending.mjs';
import { installDependencies } from './lib/npm.mjs';
import { say, seconds } from './lib/progress.mjs';
import { oneFailure, oneSkipped, sum, summary } from './lib/results.mjs';
import { stages } from './lib/stages.mjs';
import { within } from './lib/waiting.mjs';

/** @typedef {import('./lib/results.mjs').Results} Results */

await runScript(async () => {
  const chosen = choose(process.argv.slice(2));
  await installDependencies();

  /** @type {Results[]} */
  const all = [];
  let built = true;
  for (const stage of chosen) {
    /** @type {Results} */
    const results = built || stage.fromSource ? await runStage(stage) : oneSkipped(stage.name, 'the build failed');
    if (isEnding()) return 1;
    if (stage.name === 'build') built = results.failed.length === 0;
    all.push(results);
  }
  const total = sum(all);
  for (const { name, reason } of total.skipped) say(`skipped: ${name}: ${reason}`);
  for (const { name, details } of total.failed) say(`\nfailed: ${name}\n${details}`);
  await endAll();
  say(summary(total));
  return total.failed.length === 0 ? 0 : 1;
});

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
    results = await within(stage.run(), stage.seconds * 1000, `stage ${stage.name}`);
  } catch (error) {
    // What the stage started may still run, and would disturb the next one.
    await endAll();
    results = oneFailure(stage.name, error instanceof Error ? error.stack ?? error.message : String(error));
  }
  say(`${stage.name}: ${summary(results)} (${seconds(performance.now() - start)})`);
  return results;
}

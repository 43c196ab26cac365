/**
 * `npm run drift [-- --report FILE] [PACKAGE …]`: compares the newest releases of vLLM, Ray, SkyRL and Dynamo on PyPI with what this project
 * claims of them, and prints what is new, gone or changed. Downloads wheels and reads their sources as text; installs and runs nothing of
 * them. Exits with 1 if something that the catalog or the schema claims is gone. `--report`: writes the report there if anything differs.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runScript } from './lib/cleanup.mjs';
import { installDependencies } from './lib/npm.mjs';
import { say, step } from './lib/progress.mjs';

/** @typedef {import('./lib/drift/report.mjs').Result} Result */

await runScript(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { report: { type: 'string' } } });
  await installDependencies();
  // The catalog is read with esbuild, which is one of those dependencies.
  const { loadCatalog, loadNewestKnown } = await import('./lib/drift/catalog.mjs');
  const { compareRelease, merge } = await import('./lib/drift/compare.mjs');
  const { packages } = await import('./lib/drift/readPackages.mjs');
  const { findPip, wheelSources } = await import('./lib/drift/wheels.mjs');
  const { hasDifference, hasGone, reportText } = await import('./lib/drift/report.mjs');
  const unknown = positionals.find((name) => !packages.some((each) => each.name === name));
  if (unknown) throw new Error(`no package ${unknown}; there are ${packages.map(({ name }) => name).join(', ')}`);
  const pip = await findPip();
  const [rows, newestKnown] = [await loadCatalog(), await loadNewestKnown()];
  /** @type {Result[]} */
  const results = [];
  for (const { name, known = '', compare } of packages) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const sources = 'reason' in pip ? pip : await wheelSources(pip.python, name);
    if ('reason' in sources || 'reason' in pip) {
      results.push({ name, skipped: 'reason' in sources ? sources.reason : '' });
      continue;
    }
    const { version, folder } = sources;
    try {
      const input = { python: pip.python, folder, rows };
      const { difference, notes } = await step(`Reading ${name} ${version}`, () => compare(input));
      const release = compareRelease(version, newestKnown[known]);
      results.push({ name, version, difference: merge(release, difference), notes });
    } catch (error) {
      results.push({ name, skipped: error instanceof Error ? error.message : String(error) });
    }
  }
  const text = reportText(results);
  say(text);
  if (values.report && hasDifference(results)) await writeFile(values.report, text);
  return hasGone(results) ? 1 : 0;
});

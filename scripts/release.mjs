/**
 * `npm run release -- VERSION`: says what releasing this version would change, and what is in its way. `--write`: raises
 * the version, dates the changelog, commits and tags; nothing is pushed. `--without-audit`: also where npm cannot be asked
 * for known weaknesses.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from './lib/audit.mjs';
import { runScript } from './lib/cleanup.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { say } from './lib/progress.mjs';
import { raised, versionedFiles, versionProblem } from './lib/release.mjs';

await runScript(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'boolean', default: false }, 'without-audit': { type: 'boolean', default: false } },
  });
  const [version] = positionals;
  if (version === undefined) throw new Error('which version? npm run release -- 1.2.3');
  const texts = Object.fromEntries(
    await Promise.all(
      versionedFiles.map(async (file) => /** @type {const} */ ([file, await readFile(join(root, file), 'utf8')])),
    ),
  );
  const { version: current } = JSON.parse(texts['package.json'] ?? '{}');
  const changelog = texts['CHANGELOG.md'] ?? '';
  const tags = (await git('tag', '--list')).split('\n');
  const problems = [
    versionProblem({ version, current, tags, changelog }),
    (await git('status', '--porcelain')) === '' ? undefined : 'there are changes that are not committed',
    auditProblem(await audit(), values['without-audit']),
  ].filter((problem) => problem !== undefined);
  const changed = raised(texts, { version, date: new Date().toISOString().slice(0, 10) });
  const files = versionedFiles.filter((file) => changed[file] !== texts[file]);
  say(
    `${current} → ${version}: ${files.length > 0 ? files.join(', ') : 'no file'} to change, then the tag v${version}`,
  );
  for (const problem of problems) say(`In the way: ${problem}`);
  if (!values.write) say('Nothing was written: -- VERSION --write does it.');
  if (!values.write || problems.length > 0) return problems.length > 0 ? 1 : 0;
  for (const file of files) await writeFile(join(root, file), changed[file] ?? '');
  if (files.length > 0) await git('commit', '--quiet', '--message', `release: ${version}`, '--', ...files);
  await git('tag', '--annotate', `v${version}`, '--message', `SkyRL Metrics ${version}`);
  say(`Tagged v${version}. To release it: git push --follow-tags`);
  return 0;
});

/** @param {import('./lib/audit.mjs').Audit} found @param {boolean} optional */
function auditProblem(found, optional) {
  if ('reason' in found) {
    say(`npm audit: skipped: ${found.reason}`);
    return optional ? undefined : 'npm audit could not be asked (--without-audit releases without it)';
  }
  say(`npm audit: ${found.problems === 0 ? 'no known weakness' : found.summary}`);
  return found.problems === 0 ? undefined : `known weaknesses in ${found.summary}`;
}

/** @param {string[]} args @returns {Promise<string>} */
async function git(...args) {
  const { code, output } = await run('git', args, { cwd: root, timeoutMs: 30_000 });
  if (code !== 0) throw new Error(`git ${args[0]}: ${output.trim()}`);
  return output.trim();
}

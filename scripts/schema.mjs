/**
 * `npm run schema [-- --vllm VERSION …]`: writes the data that is read from releases on PyPI: the keys of SkyRL's config by release, and
 * the metric families of vLLM's releases (the newest, or those named). Downloads wheels; installs and runs nothing of them.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from './lib/cleanup.mjs';
import { readFacts } from './lib/drift/facts.mjs';
import { familyRequest, writeFamilies } from './lib/drift/familyTable.mjs';
import { configRequest, minorOf, schemaTable, schemaVersions } from './lib/drift/schemaTable.mjs';
import { findPip, releases, wheelSources } from './lib/drift/wheels.mjs';
import { installDependencies } from './lib/npm.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';

/** The value, or an error with the reason why there is none. @template T @param {T | { reason: string }} found @returns {T} */
function orThrow(found) {
  if (typeof found === 'object' && found !== null && 'reason' in found) throw new Error(found.reason);
  return found;
}

/** @param {string} python */
async function writeSchema(python) {
  const versions = schemaVersions(orThrow(await releases(python, 'skyrl')).versions);
  const read = [];
  for (const version of versions) {
    const { folder } = orThrow(await wheelSources(python, 'skyrl', version));
    const { config = [], unreadable } = await readFacts(python, folder, { config: configRequest });
    if (config.length === 0) throw new Error(`skyrl ${version}: no config found ${JSON.stringify(unreadable)}`);
    read.push({ release: minorOf(version), fields: config });
  }
  const table = schemaTable(read);
  await writeFormatted(join('src', 'config', 'schema', 'releases.json'), JSON.stringify(table));
  say(`SkyRL ${versions.join(', ')}: ${table.keys.length} keys`);
}

/** @param {string} python @param {string | undefined} wanted */
async function writeVllmFamilies(python, wanted) {
  const { version, folder } = orThrow(await wheelSources(python, 'vllm', wanted));
  const { families = [] } = await readFacts(python, folder, { families: familyRequest });
  const place = join('test', 'fixtures', 'vllm-families');
  await mkdir(join(root, place), { recursive: true });
  await writeFile(join(root, place, `${minorOf(version)}.tsv`), writeFamilies(version, families));
  say(`vLLM ${version}: ${families.length} families`);
}

/** @param {string} path @param {string} text */
async function writeFormatted(path, text) {
  // Prettier is one of the dependencies that were just installed.
  const { format, resolveConfig } = await import('prettier');
  const file = join(root, path);
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

await runScript(async () => {
  const { values } = parseArgs({ options: { vllm: { type: 'string', multiple: true } } });
  await installDependencies();
  const { python } = orThrow(await findPip());
  await writeSchema(python);
  for (const version of values.vllm ?? [undefined]) await writeVllmFamilies(python, version);
  return 0;
});

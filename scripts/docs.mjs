/**
 * `npm run docs`: writes what is generated from the source: `docs/reference.md`, the tools for language models in
 * `package.json`, and the licences of the packages that are shipped. Unit tests fail while they are out of date.
 */
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledPackages } from './lib/bundledPackages.mjs';
import { noticesFile, noticesText } from './lib/notices.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { format, resolveConfig } from 'prettier';
import { referencePage } from './lib/reference.mjs';

/** @param {string} file */
const json = async (file) => JSON.parse(await readFile(join(root, file), 'utf8'));

/** @param {string} file a module in TypeScript */
async function load(file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
}

const [manifest, nls, { states }, { rolloutFigures }, { contributedTools }] = await Promise.all([
  json('package.json'),
  json('package.nls.json'),
  load('src/shared/states.ts'),
  load('src/shared/rolloutFigures.ts'),
  load('src/assistant/toolManifest.ts'),
]);
manifest.contributes.languageModelTools = contributedTools();
const text = await format(JSON.stringify(manifest), {
  ...(await resolveConfig(join(root, 'package.json'))),
  parser: 'json-stringify',
});
await writeFile(join(root, 'package.json'), text);
const page = join(root, 'docs', 'reference.md');
await writeFile(page, referencePage({ manifest, nls, states, rolloutFigures }));
await writeFile(join(root, noticesFile), noticesText(await bundledPackages()));
say(`${page}, ${noticesFile} and the tools in package.json are up to date`);

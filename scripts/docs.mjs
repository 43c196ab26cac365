/**
 * `npm run docs`: writes what is generated from the source: `docs/reference.md`, `docs/states/README.md`, the tools for
 * language models and the welcomes of the view in `package.json` and `package.nls.json`, and the licences of the packages
 * that are shipped. Unit tests fail while they are out of date.
 */
import { build } from 'esbuild';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledPackages } from './lib/bundledPackages.mjs';
import { noticesFile, noticesText } from './lib/notices.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { format, resolveConfig } from 'prettier';
import { referencePage } from './lib/reference.mjs';
import { statesPage } from './lib/statesPage.mjs';

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

/** @param {string} file @param {object} value */
async function writeJson(file, value) {
  const options = { ...(await resolveConfig(join(root, file))), parser: 'json-stringify' };
  await writeFile(join(root, file), await format(JSON.stringify(value), options));
}

const [manifest, nls, { states }, { rolloutFigures }, { contributedTools }, { welcomes }] = await Promise.all([
  json('package.json'),
  json('package.nls.json'),
  load('src/shared/states.ts'),
  load('src/shared/rolloutFigures.ts'),
  load('src/assistant/toolManifest.ts'),
  load('src/shared/welcomes.ts'),
]);
manifest.contributes.languageModelTools = contributedTools();
/** @type {{ key: string, text: string, when: string }[]} */
const texts = welcomes();
manifest.contributes.viewsWelcome = texts.map(({ key, when }) => ({
  view: 'skyrl.metrics',
  contents: `%${key}%`,
  when,
}));
const otherTexts = Object.entries(nls).filter(([key]) => !key.startsWith('welcome.'));
const allTexts = Object.fromEntries([...otherTexts, ...texts.map(({ key, text }) => [key, text])]);
await writeJson('package.json', manifest);
await writeJson('package.nls.json', allTexts);
await writeFile(
  join(root, 'docs', 'states', 'README.md'),
  statesPage({ states, pictures: await readdir(join(root, 'docs', 'states')) }),
);
const page = join(root, 'docs', 'reference.md');
await writeFile(page, referencePage({ manifest, nls: allTexts, states, rolloutFigures }));
await writeFile(join(root, noticesFile), noticesText(await bundledPackages()));
say(`${page}, ${noticesFile}, the tools and the welcomes are up to date`);

/** `npm run docs`: writes the pages that are generated from the source, which is `docs/reference.md`. A unit test fails while it is out of date. */
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { referencePage } from './lib/reference.mjs';

/** @param {string} file */
const json = async (file) => JSON.parse(await readFile(join(root, file), 'utf8'));

/** The state table, which is TypeScript. */
async function readStates() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src/shared/states.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const { states } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
  return states;
}

const page = join(root, 'docs', 'reference.md');
const [manifest, nls, states] = await Promise.all([json('package.json'), json('package.nls.json'), readStates()]);
await writeFile(page, referencePage({ manifest, nls, states }));
say(`${page} is up to date`);

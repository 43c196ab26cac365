/**
 * `npm run package`: makes the VSIX and the list of what is in it, and fails if it is larger than an extension of this
 * kind needs to be. `-- --pre-release`: one for people who chose pre-releases. `-- --tag TAG`: fails, too, if it is not
 * the version of this tag.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { changelogProblem } from './lib/changelog.mjs';
import { runScript } from './lib/cleanup.mjs';
import { readManifest } from './lib/packageFolder.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { writeBom } from './lib/sbom.mjs';
import { makeVsix } from './lib/vsix.mjs';

/** A third is code of packages for the chart, HTTP and the grammars, which each window loads only when it needs them. */
const limitKb = 900;

await runScript(async () => {
  const { values } = parseArgs({
    options: { tag: { type: 'string' }, 'pre-release': { type: 'boolean', default: false } },
  });
  if (values.tag !== undefined) await checkTag(values.tag);
  const { path, kb, hasHome } = await makeVsix({ preRelease: values['pre-release'] });
  if (!hasHome)
    say(
      'package.json names no repository: the README in the VSIX has no pictures and no links to pages. CONTRIBUTING.md (A public home) says what to fill in.',
    );
  say(`${path}: ${kb.toFixed(0)} kB`);
  say(`What is in it: ${await writeBom(path)}`);
  if (kb > limitKb) throw new Error(`larger than ${limitKb} kB`);
  return 0;
});

/** Rejects a tag that is not the version to package, and a version that the changelog does not describe. @param {string} tag */
async function checkTag(tag) {
  const { version } = await readManifest();
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, but package.json has version ${version}`);
  const problem = changelogProblem(await readFile(join(root, 'CHANGELOG.md'), 'utf8'), version);
  if (problem) throw new Error(problem);
}

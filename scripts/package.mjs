/** `npm run package`: makes the VSIX, and fails if it is larger than an extension of this kind needs to be. `-- --tag TAG`: also if it is not the version of this tag. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from './lib/cleanup.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { makeVsix } from './lib/vsix.mjs';

/** About half of it is the documentation's pictures. */
const limitKb = 1700;

await runScript(async () => {
  const { values } = parseArgs({ options: { tag: { type: 'string' } } });
  if (values.tag !== undefined) await checkTag(values.tag);
  const { path, kb, hasHome } = await makeVsix();
  if (!hasHome)
    say(
      'package.json names no repository: the README in the VSIX has no pictures and no links to pages. CONTRIBUTING.md (A public home) says what to fill in.',
    );
  say(`${path}: ${kb.toFixed(0)} kB`);
  if (kb > limitKb) throw new Error(`larger than ${limitKb} kB`);
  return 0;
});

/** Rejects a tag that is not the version to package, and a version that the changelog does not describe. @param {string} tag */
async function checkTag(tag) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, but package.json has version ${version}`);
  const changelog = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
  const heading = changelog.split('\n').find((line) => line.startsWith(`## [${version}]`));
  if (!heading) throw new Error(`CHANGELOG.md has no heading for ${version}`);
  if (/unreleased/i.test(heading)) throw new Error(`CHANGELOG.md says that ${version} is unreleased`);
}

/** `npm run package`: makes the VSIX, and fails if it is larger than an extension of this kind needs to be. */
import { runScript } from './lib/cleanup.mjs';
import { say } from './lib/progress.mjs';
import { makeVsix } from './lib/vsix.mjs';

/** Of this, the documentation's pictures are about half. */
const limitKb = 1400;

await runScript(async () => {
  const { path, kb, hasHome } = await makeVsix();
  if (!hasHome)
    say(
      'package.json names no repository: the README in the VSIX has no pictures and no links to pages. CONTRIBUTING.md (A public home) says what to fill in.',
    );
  say(`${path}: ${kb.toFixed(0)} kB`);
  if (kb > limitKb) throw new Error(`larger than ${limitKb} kB`);
  return 0;
});

/** `npm run package`: the VSIX, from a production build; fails when it has grown beyond what an extension of this kind needs. */
import { runScript } from './lib/cleanup.mjs';
import { say } from './lib/progress.mjs';
import { makeVsix } from './lib/vsix.mjs';

const limitKb = 800;

await runScript(async () => {
  const { path, kb } = await makeVsix();
  say(`${path}: ${kb.toFixed(0)} kB`);
  if (kb > limitKb) throw new Error(`larger than ${limitKb} kB`);
  return 0;
});

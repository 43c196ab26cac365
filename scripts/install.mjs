/** Installs the dependencies if they are missing or older than the lock file, so that every npm script works in a fresh clone. */
import { runScript } from './lib/cleanup.mjs';
import { installDependencies } from './lib/npm.mjs';

await runScript(async () => {
  await installDependencies();
  return 0;
});

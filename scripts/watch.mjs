/** `npm run watch`: builds, and builds again whenever a source changes, until Ctrl-C. */
import { runScript } from './lib/cleanup.mjs';
import { installDependencies } from './lib/npm.mjs';

await runScript(async () => {
  await installDependencies();
  // esbuild is one of those dependencies.
  const { watchAll } = await import('./lib/watch.mjs');
  await watchAll();
  return new Promise(() => undefined);
});

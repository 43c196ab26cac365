/** `npm run build`: the host, the webview and the tests, into dist/. `--production` builds what is shipped only, minified. */
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { runScript } from './lib/cleanup.mjs';
import { installDependencies } from './lib/npm.mjs';
import { step } from './lib/progress.mjs';

/** @param {{ production: boolean }} options */
export async function build({ production }) {
  await installDependencies();
  // esbuild is one of those dependencies.
  const { bundleAll } = await import('./lib/bundles.mjs');
  await step('Building', () => bundleAll({ production }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { production: { type: 'boolean', default: false } } });
  await runScript(async () => {
    await build(values);
    return 0;
  });
}

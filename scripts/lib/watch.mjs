/** Builds again whenever a source changes. */
import { context } from 'esbuild';
import { bundleAll, bundles } from './bundles.mjs';
import { atEnd } from './cleanup.mjs';
import { say, seconds } from './progress.mjs';

/**
 * Builds everything once, then each bundle of a file that changes. esbuild prints what is wrong in a source.
 * A test file that is added later is seen by the next build or watch.
 */
export async function watchAll() {
  // The first build removes the output of deleted sources.
  await bundleAll({ production: false }).catch(() => undefined);
  const report = reporter();
  for (const options of await bundles({ production: false })) {
    const watched = await context({ ...options, plugins: [...(options.plugins ?? []), report] });
    atEnd(() => watched.dispose());
    await watched.watch();
  }
}

/**
 * One line when the first of several builds begins and one when the last of them has ended; a task of VS Code reads them.
 * @returns {import('esbuild').Plugin}
 */
function reporter() {
  let running = 0;
  let failed = 0;
  let start = 0;
  return {
    name: 'report',
    setup({ onStart, onEnd }) {
      onStart(() => {
        if (running === 0) {
          failed = 0;
          start = performance.now();
          say('watch: building');
        }
        running += 1;
      });
      onEnd(({ errors }) => {
        running -= 1;
        if (errors.length > 0) failed += 1;
        if (running > 0) return;
        const took = seconds(performance.now() - start);
        say(failed > 0 ? `watch: failed after ${took}` : `watch: built in ${took}, waiting for changes`);
      });
    },
  };
}

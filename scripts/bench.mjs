/** `npm run bench`: what one scrape costs, side by side with a plain pattern. Prints, and fails on nothing but an error. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { runScript } from './lib/ending.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { say } from './lib/progress.mjs';

await runScript(async () => {
  await build({ production: false });
  const { code, output } = await run(process.execPath, [join('dist', 'test', 'bench', 'main.js')], { cwd: root, timeoutMs: 120_000 });
  say(output.trimEnd());
  return code ?? 1;
});

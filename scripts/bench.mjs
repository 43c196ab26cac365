/** `npm run bench`: what one scrape costs, side by side with a plain pattern, what a day of history does, and what typing and plotting PromQL take. Prints, and fails on nothing but an error. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { runScript } from './lib/ending.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { say } from './lib/progress.mjs';

const benches = [{ name: 'main', flags: [], timeoutMs: 120_000 }, { name: 'history', flags: ['--expose-gc'], timeoutMs: 600_000 }, { name: 'promql', flags: [], timeoutMs: 60_000 }, { name: 'chart', flags: [], timeoutMs: 180_000 }];

await runScript(async () => {
  await build({ production: false });
  for (const { name, flags, timeoutMs } of benches) {
    const { code, output } = await run(process.execPath, [...flags, join('dist', 'test', 'bench', `${name}.js`)], { cwd: root, timeoutMs });
    say(output.trimEnd());
    if (code !== 0) return code ?? 1;
  }
  return 0;
});

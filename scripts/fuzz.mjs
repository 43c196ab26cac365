/**
 * `npm run fuzz [-- TARGET … --minutes N --seed N --keep]`: builds, and feeds the readers with generated inputs until the time is over
 * (docs/reliability.md). Exits with 1 if one of them breaks a rule.
 */
import { join } from 'node:path';
import { build } from './build.mjs';
import { runScript } from './lib/cleanup.mjs';
import { root } from './lib/paths.mjs';
import { launch } from './lib/processes.mjs';

await runScript(async () => {
  await build({ production: false });
  const program = launch(
    process.execPath,
    ['--enable-source-maps', join(root, 'dist', 'test', 'fuzz', 'main.js'), ...process.argv.slice(2)],
    { cwd: root, onText: (text) => process.stdout.write(text) },
  );
  const { code, error } = await program.exited;
  if (error) throw error;
  return code ?? 1;
});

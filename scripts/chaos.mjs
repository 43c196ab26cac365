/**
 * `npm run chaos [-- --minutes N --seed N --fault NAME … --verbose]`: builds, and lets the core watch a simulated cluster under faults
 * (docs/reliability.md). Exits with 1 if anything was shown that is not true.
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
    ['--expose-gc', '--enable-source-maps', join(root, 'dist', 'test', 'chaos', 'main.js'), ...process.argv.slice(2)],
    { cwd: root, onText: (text) => process.stdout.write(text) },
  );
  const { code, error } = await program.exited;
  if (error) throw error;
  return code ?? 1;
});

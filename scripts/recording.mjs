/** `npm run recording`: media/recorded-run.json.br, the recorded run of **SkyRL: Try It on a Recorded Run**, anew from the simulation. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { runScript } from './lib/cleanup.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { say, step } from './lib/progress.mjs';

const file = join(root, 'media', 'recorded-run.json.br');
const program = join(root, 'dist', 'test', 'demonstration', 'shipped', 'main.js');

await runScript(async () => {
  await build({ production: false });
  const { code, output } = await step('Recording the simulated run', () =>
    run(process.execPath, [program, file], { timeoutMs: 120_000 }),
  );
  if (code !== 0) throw new Error(output);
  say(`${file}: ${output.trim()} bytes`);
  return 0;
});

/**
 * `npm run bench [-- --smoke] [--json FILE] [NAME …]`: what starting, scraping, history, search, queries and the chart cost, side by side with what else reads the
 * same bytes; Markdown on the terminal. Fails on nothing but an error. `--smoke`: small inputs, a few seconds, only whether it runs.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { benches } from './lib/benches.mjs';
import { peersEnv, smokeEnv } from './lib/benchPeers.mjs';
import { runBench, toMarkdown } from './lib/benchRun.mjs';
import { runScript } from './lib/cleanup.mjs';
import { say } from './lib/progress.mjs';
import { makeVsix } from './lib/vsix.mjs';

await runScript(async () => {
  const {
    values: { json, smoke },
    positionals,
  } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, smoke: { type: 'boolean', default: false } },
  });
  const unknown = positionals.find((name) => !benches.some((bench) => bench.name === name));
  if (unknown) throw new Error(`no bench ${unknown}; there are ${benches.map(({ name }) => name).join(', ')}`);
  const chosen = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  await build({ production: false });
  // Starting is measured on what is shipped; the benches' own programs stay where they are.
  const shipped = !smoke && chosen.some(({ name }) => name === 'startup');
  if (shipped) await build({ production: true });
  const env = smoke
    ? smokeEnv()
    : { ...(await peersEnv()), ...(shipped && { SKYRL_BENCH_VSIX: (await makeVsix()).path }) };
  const tables = [];
  for (const bench of chosen) {
    const found = await runBench(bench, env);
    found.forEach((table) => say(toMarkdown(table)));
    tables.push(...found);
  }
  if (shipped) await build({ production: false });
  if (json)
    await writeFile(
      json,
      `${JSON.stringify(
        tables.flatMap(({ rows }) =>
          rows.map(({ work, value, unit, lowest, highest, ratios = {} }) => ({
            work: work.trim(),
            value,
            unit,
            lowest,
            highest,
            ratios,
          })),
        ),
        undefined,
        1,
      )}\n`,
    );
  return 0;
});

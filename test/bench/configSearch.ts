/** The search for a config in a workspace of 20,000 files, 600 of them YAML: how long it takes, in all and at a stretch. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findConfigs } from '../../src/config/search';

const fileCount = 20_000;
const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: generator}\n${'data:\n  inference_engine: none\n'.repeat(40)}`;

function makeWorkspace(): string {
  const root = mkdtempSync(join(tmpdir(), 'skyrl-bench-'));
  for (let folder = 0; folder < 200; folder++) {
    mkdirSync(join(root, `package${folder}`));
    for (let index = 0; index < fileCount / 200; index++) writeFileSync(join(root, `package${folder}`, index % 40 === 0 ? `${index}.yaml` : `${index}.py`), index % 40 === 0 ? yaml : '');
  }
  writeFileSync(join(root, 'package117', 'train.sh'), readFileSync('test/fixtures/configs/run_grpo.sh'));
  return root;
}

/** Prints one row. */
export async function benchConfigSearch(): Promise<void> {
  const root = makeWorkspace();
  try {
    const files = (readdirSync(root, { recursive: true }) as string[]).map((name) => join(root, name));
    let longest = 0;
    let since = performance.now();
    const start = process.cpuUsage();
    const from = since;
    const { configs, looked } = await findConfigs({
      files, read: (file) => readFile(file), signal: new AbortController().signal,
      pause: async () => {
        longest = Math.max(longest, performance.now() - since);
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      },
    });
    const { user, system } = process.cpuUsage(start);
    process.stdout.write(`Config search: ${files.length} files, ${looked.candidates} by name, ${looked.reads} read, ${looked.parses} parsed, ${configs.length} found: `
      + `${(performance.now() - from).toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU (reading included), at most ${longest.toFixed(0)} ms between two pauses.\n`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

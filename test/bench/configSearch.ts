/** The search for a config in a workspace of 20,000 files, 600 of them YAML: how long it takes, in all and at a stretch. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findConfigs } from '../../src/config/search';
import { result, smoke, table } from './report';

const fileCount = smoke ? 2_000 : 20_000;
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

async function main(): Promise<void> {
  const root = makeWorkspace();
  try {
    const files = (readdirSync(root, { recursive: true }) as string[]).map((name) => join(root, name));
    let longest = 0;
    let since = performance.now();
    const from = since;
    const { configs, looked } = await findConfigs({
      files, read: (file) => readFile(file), signal: new AbortController().signal,
      pause: async () => {
        longest = Math.max(longest, performance.now() - since);
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      },
    });
    table(`Config search: ${files.length} files, ${looked.candidates} by name, ${looked.reads} read, ${looked.parses} parsed, ${configs.length} found`);
    result({ work: 'the whole search', value: performance.now() - from, unit: 'ms' });
    result({ work: '  longest time between two pauses', value: longest, unit: 'ms' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main();

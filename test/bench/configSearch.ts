/** Measures the search for a config in a workspace of 20,000 files, 600 of them YAML. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClassifier } from '../../src/config/classify';
import { readConfig } from '../../src/config/readConfig';
import { findConfigs } from '../../src/config/findConfigs';
import { yieldToEventLoop } from '../../src/shared/timeSlice';
import { LongestBlock } from './longestBlock';
import { result, smoke, table } from './report';

const fileCount = smoke ? 2_000 : 20_000;
const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: generator}\n${'data:\n  inference_engine: none\n'.repeat(40)}`;

function makeWorkspace(): string {
  const root = mkdtempSync(join(tmpdir(), 'skyrl-bench-'));
  for (let folder = 0; folder < 200; folder++) {
    mkdirSync(join(root, `package${folder}`));
    for (let index = 0; index < fileCount / 200; index++)
      writeFileSync(
        join(root, `package${folder}`, index % 40 === 0 ? `${index}.yaml` : `${index}.py`),
        index % 40 === 0 ? yaml : '',
      );
  }
  writeFileSync(join(root, 'package117', 'train.sh'), readFileSync('test/fixtures/configs/run_grpo.sh'));
  return root;
}

async function main(): Promise<void> {
  const root = makeWorkspace();
  try {
    const files = (readdirSync(root, { recursive: true }) as string[]).map((name) => join(root, name));
    // The modules that reading a config needs are loaded once per window, so they do not count.
    await readConfig('generator: {inference_engine: {num_engines: 1}}', { file: 'config.yaml', environment: {} });
    const block = new LongestBlock();
    const start = performance.now();
    const { configs, counts } = await findConfigs({
      files,
      nameOf: (file) => file.slice(root.length),
      read: (file) => readFile(file),
      classify: createClassifier(readConfig, {}),
      signal: new AbortController().signal,
      pause: yieldToEventLoop,
    });
    const ms = performance.now() - start;
    table(
      `Config search: ${files.length} files, ${counts.candidates} by name, ${counts.reads} read, ${counts.parses} parsed, ${configs.length} found`,
    );
    result({ work: 'the whole search', value: ms, unit: 'ms' });
    result({ work: '  longest block of the event loop', value: await block.end(), unit: 'ms' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main();

/** Helpers of the config tests: reading fixtures and texts, looking up values and ranges. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strict as assert } from 'node:assert';
import { readConfig } from '../../../src/config/readConfig';
import type { ConfigFinding, ConfigReading, ConfigValue, RunConfig, TextRange } from '../../../src/config/types';

export const engine = 'generator.inference_engine';
export const home = { HOME: '/home/ray' };

export function fixture(name: string): string {
  return readFileSync(join(process.cwd(), 'test/fixtures/configs', name), 'utf8');
}

export function read(text: string, environment: Record<string, string | undefined> = home): Promise<ConfigReading> {
  return readConfig(text, { file: '/jobs/run.yaml', environment });
}

/** Reads a text that must be a config. */
export async function config(text: string, environment: Record<string, string | undefined> = home): Promise<RunConfig> {
  const reading = await read(text, environment);
  assert.ok(reading.config, `no config: ${reading.findings.map((each) => each.message).join(' ')}`);
  return reading.config;
}

export function value(of: RunConfig, key: string): ConfigValue {
  const found = of.values.get(key);
  assert.ok(found, `no value ${key}`);
  return found;
}

/** A config whose `generator.inference_engine` holds these lines of YAML. */
export function nestedConfig(...lines: string[]): Promise<RunConfig> {
  return config(`generator:\n  inference_engine:\n    backend: vllm\n${lines.map((line) => `    ${line}\n`).join('')}`);
}

/** What a range covers, from the text it is of. */
export function textInRange(text: string, range: TextRange): string {
  const lines = text.split('\n');
  const part = lines.slice(range.startLine, range.endLine + 1);
  const last = part.length - 1;
  part[last] = (part[last] ?? '').slice(0, range.endCharacter);
  part[0] = (part[0] ?? '').slice(range.startCharacter);
  return part.join('\n');
}

/** `id@line` of findings, with lines as people count them. */
export function findingLines(findings: readonly ConfigFinding[]): string[] {
  return findings.map(({ id, range }) => `${id}@${range.startLine + 1}`);
}

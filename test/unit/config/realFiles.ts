/** Reads a file as people have it, and sums up all that is said of it. */
import { strict as assert } from 'node:assert';
import { configFindings } from '../../../src/config/findings';
import { readConfig } from '../../../src/config/readConfig';
import { resolveIntent } from '../../../src/config/runIntent';
import type { RunConfig } from '../../../src/config/types';
import { engine } from './support';

/** The expected reading of a file; parts that are left out are not checked. */
export interface Expected {
  /** Engine keys without their prefix, other keys in full; values that are known. */
  values?: Record<string, unknown>;
  /** Keys that are not known, with a part of the reason. */
  unresolved?: Record<string, string>;
  /** `severity id@line` of every finding, without those for unresolved values. */
  findings?: readonly string[];
  engines?: number | undefined;
  path?: string;
  program?: string;
  unknownSource?: string | undefined;
  layout?: RunConfig['layout'];
}

/** A launch script with its expected reading. */
export interface RealScript extends Expected {
  title: string;
  text: string;
  environment?: Record<string, string>;
}

/** A file of any kind with its expected reading. */
export interface RealFile extends RealScript {
  file: string;
}

const shorten = (key: string): string => key.replace(`${engine}.`, '');

/** Reads a file that has to be a config. */
export async function readFile(
  file: string,
  text: string,
  environment: Record<string, string | undefined> = {},
): Promise<RunConfig> {
  const { config, findings } = await readConfig(text, { file: `/jobs/${file}`, environment });
  assert.ok(config, `no config: ${findings.map(({ message }) => message).join(' ')}`);
  return config;
}

/** Every finding of a file as `severity id@line`, without those for unresolved values. */
export function findingsOf(config: RunConfig, environment: Record<string, string | undefined> = {}): string[] {
  const all = [...config.findings, ...configFindings(config, environment)];
  return all
    .filter(({ id }) => id !== 'config-unresolved')
    .map(({ severity, id, range }) => `${severity} ${id.replace('config-', '')}@${range.startLine + 1}`);
}

/** Checks all that is expected of a file. */
export async function check(
  file: string,
  text: string,
  expected: Expected,
  environment: Record<string, string | undefined> = {},
): Promise<RunConfig> {
  const config = await readFile(file, text, environment);
  const all = [...config.values.values()];
  const known = all.filter(({ unresolvedReason }) => unresolvedReason === undefined);
  const reasons = all.filter(({ unresolvedReason }) => unresolvedReason !== undefined);
  if (expected.values)
    assert.deepEqual(Object.fromEntries(known.map(({ key, value }) => [shorten(key), value])), expected.values);
  if (expected.unresolved) {
    assert.deepEqual(reasons.map(({ key }) => shorten(key)).sort(), Object.keys(expected.unresolved).sort());
    for (const { key, unresolvedReason } of reasons)
      assert.ok(unresolvedReason?.includes(expected.unresolved[shorten(key)] ?? ''), `${key}: ${unresolvedReason}`);
  }
  if (expected.findings) assert.deepEqual(findingsOf(config, environment), expected.findings);
  const intent = resolveIntent(config, environment);
  if ('engines' in expected) assert.equal(intent.expectedEngines, expected.engines);
  if (expected.path !== undefined) assert.equal(intent.metricsPath, expected.path);
  if (expected.program !== undefined) assert.equal(config.command?.program, expected.program);
  if ('unknownSource' in expected) assert.equal(config.command?.unknownSource, expected.unknownSource);
  if (expected.layout !== undefined) assert.equal(config.layout, expected.layout);
  // No private mark of the reader is ever shown.
  assert.ok(!JSON.stringify([all, config.command, findingsOf(config)]).includes('\uE000'));
  return config;
}

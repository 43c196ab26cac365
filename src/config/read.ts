/** Text of a config file → RunConfig. */
import { checkTypes } from './typecheck';
import { droppedKeys, engine, generator, isLegacyKey, toNested } from './keys';
import { fileStart } from './ranges';
import { createResolver, type Environment } from './resolve';
import type { Resolved } from './resolved';
import type { ConfigFinding, ConfigReading, ConfigValue, RunConfig } from './types';
import { maxValues, type Written, type WrittenValues } from './written';
import { readDocuments } from './yaml';

/** A config is a few kB; a dump with everything in it 20 kB. */
export const maxConfigLength = 1_000_000;

const maxFindings = 100;

export interface ReadOptions {
  /** Absolute path of the file, or any name for it. */
  file: string;
  /** What `${oc.env:…}` resolves with. */
  environment: Environment;
}

function configValue(key: string, { value, range }: Written, resolved: Resolved): ConfigValue {
  const { unresolved, fromEnvironment, environmentDefaults } = resolved;
  return {
    key,
    value: unresolved === undefined ? resolved.value : value,
    range,
    ...(unresolved === undefined ? {} : { unresolved }),
    ...(fromEnvironment.length === 0 ? {} : { fromEnvironment: [...fromEnvironment] }),
    ...(environmentDefaults.length === 0 ? {} : { environmentDefaults: [...environmentDefaults] }),
  };
}

interface ResolvedValues {
  values: Map<string, ConfigValue>;
  /** Legacy keys as they are written, with the first place of each. */
  legacy: Map<string, ConfigValue>;
}

/** Resolves every value. One that stands for a mapping (`inference_engine: ${shared}`) becomes that mapping's values, at its own range. */
function resolveAll(written: ReadonlyMap<string, Written>, environment: Environment): ResolvedValues {
  const resolve = createResolver(written, environment);
  const result: ResolvedValues = { values: new Map(), legacy: new Map() };
  const add = (raw: string, source: Written, resolved: Resolved, explicit: boolean): void => {
    const key = toNested(raw);
    if (!explicit && (written.has(key) || result.values.size >= maxValues)) return;
    const value = configValue(key, source, resolved);
    if (isLegacyKey(raw)) result.legacy.set(raw, value);
    if (!droppedKeys.has(key)) result.values.set(key, value);
  };
  for (const source of written.values()) {
    const resolved = resolve(source);
    if (resolved.entries === undefined) add(source.raw, source, resolved, true);
    else for (const [rest, inner] of resolved.entries) add(`${source.raw}.${rest}`, source, inner, false);
  }
  return result;
}

/** Whether `generator.inference_engine` is a mapping here, be it an empty one. */
function isNested(values: ReadonlyMap<string, ConfigValue>): boolean {
  const itself = values.get(engine)?.value;
  if (typeof itself === 'object' && itself !== null && !Array.isArray(itself)) return true;
  return [...values.keys()].some((key) => key.startsWith(`${engine}.`));
}

/** What only the job's own environment or command line can say is no mistake in the file. */
function unresolvedFindings(values: ReadonlyMap<string, ConfigValue>): ConfigFinding[] {
  return [...values.values()].filter(({ unresolved }) => unresolved !== undefined).map(({ key, unresolved, range }) => ({
    id: 'config-unresolved',
    severity: /^(?:the environment variable|\?\?\?) /.test(unresolved ?? '') ? 'info' as const : 'warning' as const,
    message: `${key} is not resolved: ${unresolved}.`,
    range,
  }));
}

function mixedFindings(spellings: ReadonlySet<string>, { legacy }: ResolvedValues): ConfigFinding[] {
  const nested = [...spellings].some((raw) => raw === engine || raw.startsWith(`${engine}.`));
  if (!nested) return [];
  return [...legacy].map(([raw, { key, range }]) => ({
    id: 'config-mixed-layout',
    severity: 'warning' as const,
    message: `${raw} is the legacy spelling of ${key}. SkyRL refuses a file that has both layouts since May 2026.`,
    range,
  }));
}

/** The config a document holds; `undefined` where it is not SkyRL's. Legacy by SkyRL's own rule: one such key is enough. */
function asConfig({ values: written, spellings, findings }: WrittenValues, { file, environment }: ReadOptions): RunConfig | undefined {
  if (![...written.keys()].some((key) => key === generator || key.startsWith(`${generator}.`))) return undefined;
  const resolved = resolveAll(written, environment);
  const layout = resolved.legacy.size > 0 ? 'legacy' : isNested(resolved.values) ? 'nested' : undefined;
  if (layout === undefined) return undefined;
  return {
    file,
    layout,
    values: resolved.values,
    findings: [...findings, ...mixedFindings(spellings, resolved), ...unresolvedFindings(resolved.values), ...checkTypes(resolved.values)]
      .slice(0, maxFindings),
  };
}

const notSkyrl: ConfigFinding = {
  id: 'config-not-skyrl',
  severity: 'info',
  message: 'This is no SkyRL config: it has neither generator.inference_engine nor one of the legacy keys under generator.',
  range: fileStart,
};

/**
 * Reads YAML text. Of several documents the first that is a SkyRL config is taken.
 * `config` is undefined where there is none, or it cannot be read (syntax, duplicate keys, too large, too deep); the findings say
 * why, with lines. With a config, `findings` are the config's own. What the values mean for metrics: `configFindings`. Never throws.
 */
export async function readConfig(text: string, options: ReadOptions): Promise<ConfigReading> {
  if (text.length > maxConfigLength) {
    const message = `This file is larger than a config: ${text.length} characters, the limit is ${maxConfigLength}.`;
    return { config: undefined, findings: [{ id: 'config-too-large', severity: 'error', message, range: fileStart }] };
  }
  const findings: ConfigFinding[] = [];
  for await (const document of readDocuments(text.replace(/^\uFEFF/, ''))) {
    if ('findings' in document) {
      findings.push(...document.findings);
      continue;
    }
    const config = asConfig(document.values, options);
    if (config === undefined) continue;
    config.findings.unshift(...findings);
    return { config, findings: config.findings };
  }
  return { config: undefined, findings: findings.length > 0 ? findings : [notSkyrl] };
}

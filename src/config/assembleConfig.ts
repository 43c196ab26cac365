/** Makes a `RunConfig` of written values: resolves them, recognizes the layout, and reports what cannot be right. */
import { isObject } from '../shared/guards';
import { checkTypes } from './checkTypes';
import { engineKey, generatorKey, isLegacyKey, obsoleteLegacyKeys, toNestedKey } from './keys';
import type { RawValue, RawValues } from './rawValues';
import { maxValues } from './rawValues';
import { layoutOf } from './recognize';
import { createResolver, type Environment } from './resolve';
import type { ResolvedValue } from './resolvedValue';
import { keySchemas } from './schema';
import type { ConfigFinding, ConfigValue, EnvironmentHint, RunCommand, RunConfig } from './types';

const maxFindings = 100;

/** Where values come from. */
export interface ConfigOrigin {
  /** Absolute path of the file, or any name for it. */
  file: string;
  environment: Environment;
  format: RunConfig['format'];
  /** The command that they are the overrides of. */
  command?: RunCommand;
  environmentHints?: readonly EnvironmentHint[];
  /** Whether the command is known to be SkyRL's though it gets no overrides. */
  isCutOff?: boolean;
}

function configValue(
  rawKey: string,
  { value, range, location, note }: RawValue,
  resolved: ResolvedValue,
  isExplicit: boolean,
): ConfigValue {
  const { unresolvedReason, fromEnvironment, environmentDefaults, isMistake } = resolved;
  return {
    key: toNestedKey(rawKey),
    rawKey,
    value: unresolvedReason === undefined ? resolved.value : value,
    range,
    ...(location !== undefined && isExplicit && { location }),
    ...(unresolvedReason === undefined ? {} : { unresolvedReason }),
    ...(isMistake === true && { isMistake }),
    ...(note?.isConditional === true && { isConditional: true }),
    ...(fromEnvironment.length === 0 ? {} : { fromEnvironment: [...fromEnvironment] }),
    ...(environmentDefaults.length === 0 ? {} : { environmentDefaults: [...environmentDefaults] }),
  };
}

interface ResolvedConfig {
  values: Map<string, ConfigValue>;
  /** Every key in the file's spelling. */
  rawKeys: string[];
}

/** Resolves every value. A reference to a mapping (`inference_engine: ${shared}`) becomes that mapping's values at its own range. */
function resolveAll(written: ReadonlyMap<string, RawValue>, environment: Environment): ResolvedConfig {
  const resolve = createResolver(written, environment);
  const result: ResolvedConfig = { values: new Map(), rawKeys: [] };
  const add = (rawKey: string, source: RawValue, resolved: ResolvedValue, isExplicit: boolean): void => {
    const key = toNestedKey(rawKey);
    if (!isExplicit && (written.has(key) || result.values.size >= maxValues)) return;
    result.rawKeys.push(rawKey);
    if (!obsoleteLegacyKeys.has(key)) result.values.set(key, configValue(rawKey, source, resolved, isExplicit));
  };
  for (const source of written.values()) {
    const resolved = resolve(source);
    if (resolved.entries === undefined) add(source.rawKey, source, resolved, true);
    else for (const [rest, inner] of resolved.entries) add(`${source.rawKey}.${rest}`, source, inner, false);
  }
  return result;
}

/** Whether `generator.inference_engine` is written as a mapping, even an empty one. */
function isMapping(value: ConfigValue | undefined): boolean {
  return isObject(value?.value);
}

/**
 * Findings for values that are not known. What another file, a resolver of the run or the job's environment may know is
 * no mistake in this file; in a script only known keys are reported.
 */
function unresolvedFindings(values: ReadonlyMap<string, ConfigValue>, format: RunConfig['format']): ConfigFinding[] {
  const counts = ({ key, unresolvedReason }: ConfigValue): boolean =>
    unresolvedReason !== undefined && (format !== 'overrides' || keySchemas.has(key));
  return [...values.values()].filter(counts).map(({ key, unresolvedReason, range, isMistake }) => ({
    id: 'config-unresolved',
    severity: isMistake === true ? 'warning' : 'info',
    message: `${key} is not resolved: ${unresolvedReason}.`,
    range,
  }));
}

/** SkyRL's own programs refuse Hydra's prefixes in the nested layout; programs that extend SkyRL may take them. */
function refusedFindings(
  findings: readonly ConfigFinding[],
  layout: RunConfig['layout'],
  command?: RunCommand,
): ConfigFinding[] {
  const isSkyrl = /^skyrl\.(?:train|tinker)\b/.test(command?.program ?? '');
  return findings.filter(({ id }) => id !== 'config-plus-prefix' || (layout === 'nested' && isSkyrl));
}

/** The config that the values make; undefined if it is not SkyRL's. */
export function assembleConfig({ values: written, findings }: RawValues, origin: ConfigOrigin): RunConfig | undefined {
  const { file, environment, format, command, environmentHints = [], isCutOff = false } = origin;
  const isGenerator = (key: string): boolean => key === generatorKey || key.startsWith(`${generatorKey}.`);
  if (!isCutOff && ![...written.keys()].some(isGenerator)) return undefined;
  const { values, rawKeys } = resolveAll(written, environment);
  const layout = layoutOf(rawKeys, isMapping(values.get(engineKey))) ?? (isCutOff ? 'nested' : undefined);
  if (layout === undefined) return undefined;
  const isLegacy = ({ rawKey }: RawValue): boolean => isLegacyKey(rawKey) || obsoleteLegacyKeys.has(rawKey);
  return {
    file,
    layout,
    format,
    ...(command && { command }),
    environmentHints,
    values,
    legacyKeys: layout === 'nested' ? [] : [...written.values()].filter(isLegacy),
    findings: [
      ...refusedFindings(findings, layout, command),
      ...unresolvedFindings(values, format),
      ...checkTypes(values),
    ].slice(0, maxFindings),
  };
}

/** Reports values of the wrong type; the values themselves are not changed. */
import { isObject } from '../shared/guards';
import { engineKey } from './keys';
import { asBoolean, asNumber } from './scalars';
import { keySchemas, type KeySchema, type KeyType } from './schema';
import type { ConfigFinding, ConfigValue } from './types';

const typeNames: Record<KeyType, string> = {
  bool: 'true or false',
  int: 'a whole number',
  float: 'a number',
  text: 'text',
  list: 'a list',
  dict: 'a mapping',
};

const fits: Record<KeyType, (value: unknown) => boolean> = {
  bool: (value) => typeof value === 'boolean',
  int: (value) => Number.isInteger(value),
  float: (value) => typeof value === 'number',
  text: (value) => typeof value === 'string',
  // SkyRL's scripts write lists as text ("['http://a:1']"), and SkyRL reads them as lists.
  list: (value) => Array.isArray(value) || (typeof value === 'string' && value.trim().startsWith('[')),
  dict: isObject,
};

/** Values of another type that SkyRL takes as they are, or that only look odd: nothing is wrong with them. */
const isHarmless: Record<KeyType, (value: unknown) => boolean> = {
  bool: () => false,
  int: () => false,
  float: () => false,
  text: (value) => value === null || typeof value === 'number' || typeof value === 'boolean',
  list: (value) => value === null,
  dict: () => false,
};

/** Values of another type whose meaning is clear, so that the run may well start. */
const isConvertible: Record<KeyType, (value: unknown) => boolean> = {
  bool: (value) => asBoolean(value) !== undefined,
  int: (value) => Number.isInteger(asNumber(value)),
  float: (value) => asNumber(value) !== undefined,
  text: () => false,
  list: (value) => typeof value === 'string',
  dict: () => false,
};

function describeValue(value: unknown): string {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return `${typeof value === 'number' ? 'the number' : 'the value'} ${JSON.stringify(value)}`;
}

/** SkyRL passes null on without a check, so a launcher may fill it in; with a value of no use the run fails. */
function finding(
  key: string,
  { range, fromEnvironment, environmentDefaults }: ConfigValue,
  schema: KeySchema,
  value: unknown,
): ConfigFinding {
  const environmental = typeof value === 'string' && (fromEnvironment ?? environmentDefaults) !== undefined;
  return {
    id: 'config-type',
    severity: value === null ? 'info' : isConvertible[schema.type](value) ? 'warning' : 'error',
    message: `${key} should be ${typeNames[schema.type]}${schema.nullable ? ' or null' : ''}, but is ${describeValue(value)}.${
      environmental ? ' A value from the environment is text; ${oc.decode:${oc.env:…}} gives its type.' : ''
    }`,
    range,
  };
}

/** The known scalar key above `key`, such as `…num_engines` for `…num_engines.x`. */
function scalarAbove(key: string): [key: string, schema: KeySchema] | undefined {
  const name = key.startsWith(`${engineKey}.`) ? key.slice(engineKey.length + 1).split('.', 1)[0] : undefined;
  const above = name === undefined ? key : `${engineKey}.${name}`;
  const schema = above === key ? undefined : keySchemas.get(above);
  return schema === undefined || schema.type === 'dict' ? undefined : [above, schema];
}

/** Findings for known keys whose resolved value is not of their type; values that did not resolve are not checked. */
export function checkTypes(values: ReadonlyMap<string, ConfigValue>): ConfigFinding[] {
  const findings: ConfigFinding[] = [];
  const mappings = new Set<string>();
  for (const [key, value] of values) {
    if (value.unresolvedReason !== undefined) continue;
    const schema = keySchemas.get(key);
    if (schema !== undefined) {
      const isFine =
        fits[schema.type](value.value) ||
        isHarmless[schema.type](value.value) ||
        (schema.nullable && value.value === null);
      if (!isFine) findings.push(finding(key, value, schema, value.value));
      continue;
    }
    const above = scalarAbove(key);
    if (above !== undefined && !mappings.has(above[0])) {
      mappings.add(above[0]);
      findings.push(finding(above[0], value, above[1], {}));
    }
  }
  return findings;
}

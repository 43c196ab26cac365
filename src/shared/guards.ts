/** Type guards for values from another process, from storage or from a server. */

/** An object of unknown content. */
export type JsonObject = Record<string, unknown>;

/** An object that is not an array. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A string, which may be empty. */
export const isString = (value: unknown): value is string => typeof value === 'string';

/** A finite number. */
export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** A whole number of 0 or more. */
export const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value >= 0;

/** An array whose items all pass a guard. */
export const isList = <T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(isItem);

/** One of the given values. */
export const isOneOf = <T>(value: unknown, choices: readonly T[]): value is T =>
  choices.some((choice) => choice === value);

/** Undefined, or a value that passes a guard: for optional fields. */
export const isAbsentOr = (value: unknown, guard: (value: unknown) => boolean): boolean =>
  value === undefined || guard(value);

/** A list of at most 200 strings: enough for what a person chooses, small enough to be stored and sent. */
export const isShortList = (value: unknown): value is string[] => isList(value, isString) && value.length <= 200;

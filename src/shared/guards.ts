/** Guards for what comes from another process or from storage. */

export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isString = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
export const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value >= 0;
export const isList = <T>(value: unknown, item: (entry: unknown) => entry is T): value is T[] =>
  Array.isArray(value) && value.every(item);
export const isOneOf = <T>(value: unknown, choices: readonly T[]): value is T =>
  choices.some((choice) => choice === value);
export const isAbsentOr = (value: unknown, guard: (value: unknown) => boolean): boolean =>
  value === undefined || guard(value);

/** Texts that are few: what a person chose, or what storage of another version holds. */
export const isShortList = (value: unknown): value is string[] => isList(value, isString) && value.length <= 200;

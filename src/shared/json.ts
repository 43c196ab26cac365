/** Reads JSON from outside: a value of another shape counts as missing. */
import { isObject, type JsonObject } from './guards';

/** The object, or an empty one. */
export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The string if it is not empty. */
export const asNonEmptyText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The number if it is above 0. */
export const asPositiveNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 ? value : undefined;

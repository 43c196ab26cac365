/** JSON values, and access to them for answers whose shape is known. */

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  [key: string]: Json;
}

/** The value as an object. Throws if it is not one: then the recording has another shape than expected. */
export function object(value: Json | undefined): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Error(`not an object: ${String(value)}`);
  return value;
}

/** The value as an array. Throws if it is not one. */
export function array(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new Error(`not an array: ${String(value)}`);
  return value;
}

/** The value at a path of keys; undefined if a key is missing. */
export function at(value: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (inner === undefined ? undefined : object(inner)[key]), value);
}

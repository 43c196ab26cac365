/** JSON as the dashboard's answers hold it. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** The value as an object; throws where it is not one, because a recording is then not what it was. */
export function object(value: Json | undefined): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Error(`not an object: ${String(value)}`);
  return value;
}

/** The value as an array; throws where it is not one. */
export function array(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new Error(`not an array: ${String(value)}`);
  return value;
}

/** The value `path` leads to, `undefined` where a key is missing. */
export function at(value: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (inner === undefined ? undefined : object(inner)[key]), value);
}

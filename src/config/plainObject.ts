/** An ordinary object of a stranger's keys: they are defined, never assigned, so that `__proto__` is a key like any other. */
export function plainObject(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const object = {};
  for (const [name, value] of entries)
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  return object;
}

/** JSON that is almost right: a valid value with some of its parts replaced, renamed or missing. */
import fc from 'fast-check';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A replacement of the part that is reached by these steps, each the number of a field or item. */
export interface Break {
  steps: number[];
  with: unknown;
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, '', 'x', '1', 'NaN', '+Inf', [], {}, [[]], [null], {
    __proto__x: 1,
  }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Up to three replacements. */
export const breaks: fc.Arbitrary<Break[]> = fc.array(
  fc.record({ steps: fc.array(fc.nat({ max: 7 }), { maxLength: 6 }), with: odd }),
  { maxLength: 3 },
);

function replaceAt(value: Json, [step, ...rest]: readonly number[], replacement: unknown): Json {
  if (step === undefined || typeof value !== 'object' || value === null) return replacement as Json;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return replacement as Json;
  const inner = replaceAt((value as Record<string, Json>)[key] as Json, rest, replacement);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? inner : item));
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, name === key ? inner : field]));
}

/** The value with its replacements. The value itself is not changed. */
export const breakJson = (value: unknown, all: readonly Break[]): unknown =>
  all.reduce<unknown>((broken, one) => replaceAt(broken as Json, one.steps, one.with), value);

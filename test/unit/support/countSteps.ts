/**
 * Counts the work of a function in steps instead of time: calls and turns of loops, which the build makes the code
 * count (scripts/lib/stepCounter.mjs), and the elements that built-in methods go through. The count is the same on
 * every machine.
 */

type Method = (this: { length?: number; size?: number }, ...args: unknown[]) => unknown;
type Methods = Record<string | symbol, Method>;

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const walkers: readonly (readonly [prototype: object, names: readonly (string | symbol)[]])[] = [
  [
    Array.prototype,
    [
      ...['indexOf', 'lastIndexOf', 'includes', 'splice', 'slice', 'concat', 'join', 'reverse', 'shift', 'unshift'],
      ...['find', 'findIndex', 'some', 'every', 'map', 'filter', 'forEach', 'flatMap', 'reduce', Symbol.iterator],
    ],
  ],
  [typedArray, ['set', 'slice', 'fill', 'indexOf', 'includes', 'map', 'some', Symbol.iterator]],
  [Map.prototype, [Symbol.iterator, 'keys', 'values', 'entries', 'forEach']],
  [Set.prototype, [Symbol.iterator, 'keys', 'values', 'entries', 'forEach']],
];

/** Counts the elements that built-in methods go through while `work` runs. */
function countElements(work: () => void): number {
  let count = 0;
  const restores: (() => void)[] = [];
  const replace = (prototype: object, name: string | symbol, cost: (size: number) => number): void => {
    const methods = prototype as Methods;
    const original = methods[name] as Method;
    methods[name] = function counted(...args) {
      count += cost(this.length ?? this.size ?? 0);
      return original.apply(this, args);
    };
    restores.push(() => (methods[name] = original));
  };
  for (const [prototype, names] of walkers) for (const name of names) replace(prototype, name, (size) => size);
  for (const prototype of [Array.prototype, typedArray])
    replace(prototype, 'sort', (size) => size * Math.ceil(Math.log2(size + 1)));
  try {
    work();
  } finally {
    for (const restore of restores) restore();
  }
  return count;
}

/** The steps that `work` takes. Only for tests in `*.steps.test.ts`, whose bundles count. */
export function countSteps(work: () => void): number {
  const counter = (globalThis as { skyrlSteps?: { count: number } }).skyrlSteps;
  if (!counter) throw new Error('steps are counted in *.steps.test.ts only');
  const before = counter.count;
  const elements = countElements(work);
  return counter.count - before + elements;
}

/**
 * How many times as many steps `work` takes for an input of four times the size: about 4 if it is linear, 16 if it is
 * quadratic. `prepare` makes the input of a size; its steps are not counted.
 */
export function stepGrowth<Input>(
  size: number,
  prepare: (size: number) => Input,
  work: (input: Input) => void,
): number {
  const [small, large] = [prepare(size), prepare(4 * size)];
  // Whatever is made once, such as tables, is made before counting.
  work(prepare(16));
  const steps = countSteps(() => work(small));
  return countSteps(() => work(large)) / steps;
}

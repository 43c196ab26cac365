/** Loads undici at the first use only, and leaves the process-wide dispatcher as it was. */
import type * as Undici from 'undici';

// undici puts an Agent of its own there when it is imported; the built-in fetch of every extension in the host would then use it.
const slots = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) => Symbol.for(name));
const globals = globalThis as unknown as Record<symbol, unknown>;

let loading: Promise<typeof Undici> | undefined;

/** undici, loaded once. What stood in the slots stands there again afterwards. */
export function loadUndici(): Promise<typeof Undici> {
  loading ??= load();
  return loading;
}

async function load(): Promise<typeof Undici> {
  // Node's own fetch looks only once, when it is first touched, whether it has to fill its slot. Were that during the import, an emptied slot
  // would stay empty, and every fetch of this process would fail.
  Reflect.get(globalThis, 'Response');
  const before = slots.map((slot) => globals[slot]);
  const undici = await import('undici');
  slots.forEach((slot, index) => {
    if (globals[slot] !== before[index]) globals[slot] = before[index];
  });
  return undici;
}

/** Waiting that always ends. */

/** @param {number} ms */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * `promise`, or a rejection after `ms` that says what did not come.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {string} what e.g. `VS Code's window`
 * @returns {Promise<T>}
 */
export async function within(promise, ms, what) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${ms / 1000} s`)), ms);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks `probe` again and again until it gives something other than `undefined`.
 * @template T
 * @param {() => T | undefined | Promise<T | undefined>} probe
 * @param {number} ms
 * @param {string} what
 * @param {number} [everyMs]
 * @returns {Promise<T>}
 */
export async function until(probe, ms, what, everyMs = 100) {
  const end = performance.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what}: nothing within ${ms / 1000} s`);
    await sleep(everyMs);
  }
}

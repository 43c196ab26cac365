/** What a person sees while waiting: nothing for quick steps, a line every few seconds for slow ones. */

const quietMs = 1000;
const beatMs = 5000;

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Does `work`; a step that takes over a second says what it does, that it goes on, and how long it took.
 * @template T
 * @param {string} title e.g. `Installing dependencies`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  const first = setTimeout(() => say(`${title} …`), quietMs);
  const beat = setInterval(() => say(`${title} … ${seconds(elapsed())}`), beatMs);
  try {
    const result = await work();
    if (elapsed() > quietMs) say(`${title}: done in ${seconds(elapsed())}`);
    return result;
  } finally {
    clearTimeout(first);
    clearInterval(beat);
  }
}

/** Ends everything this process started, however it ends. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { openSessionFolder } from './sessionFolder.mjs';
import { within } from './waiting.mjs';

/** @typedef {Set<() => unknown>} Endings */

/** @type {Endings} */
const outermost = new Set();
/** Those of pieces of work that run side by side, each with its own. */
const scopes = new Set([outermost]);
/** @type {AsyncLocalStorage<Endings>} */
const scope = new AsyncLocalStorage();
const allowedMs = 10_000;
let ending = false;

/**
 * Registers what is to be done at the end, of the process or of the scope this is called in; what was started last ends first.
 * @param {() => unknown} end
 * @returns {() => void} takes it back
 */
export function atEnd(end) {
  const endings = scope.getStore() ?? outermost;
  endings.add(end);
  return () => endings.delete(end);
}

/**
 * Does `work`, and ends what it started when it is over.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inScope(work) {
  /** @type {Endings} */
  const endings = new Set();
  scopes.add(endings);
  try {
    return await scope.run(endings, work);
  } finally {
    await endThese(endings);
    scopes.delete(endings);
  }
}

/** Ends everything registered, each within a bounded time; a failure does not keep the others from ending. */
export async function endAll() {
  for (const endings of [...scopes].reverse()) await endThese(endings);
}

/** @param {Endings} endings */
async function endThese(endings) {
  for (const end of [...endings].reverse()) {
    endings.delete(end);
    await within(Promise.resolve().then(end), allowedMs, 'ending a process').catch((error) =>
      console.error(String(error)),
    );
  }
}

/** Whether this process was asked to end; what fails from then on fails because of it. */
export function isEnding() {
  return ending;
}

/**
 * Ctrl-C and `kill` end what was started, then this process. `npm` passes Ctrl-C on, so a second one is expected.
 * @param {() => void} [announce] called once, when the ending begins
 */
export function endOnSignals(announce = () => undefined) {
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      announce();
      void endAll().finally(() => process.exit(128 + number));
    });
  }
}

/**
 * The frame of every script: runs `main`, ends what it started, exits with its code.
 * @param {() => Promise<number>} main
 */
export async function runScript(main) {
  endOnSignals(() => process.stderr.write('\nEnding what was started …\n'));
  // Registered first, so that it ends last.
  const removeFolder = openSessionFolder();
  atEnd(() => removeFolder());
  let code = 1;
  try {
    code = await main();
  } catch (error) {
    // What was ended on a signal complains about it.
    if (!ending) console.error(error instanceof Error ? error.message : error);
  }
  if (ending) return;
  await endAll();
  process.exit(code);
}

/** Tells people what is going on: on a terminal one updated line for each running step, elsewhere a line a minute. */
import { AsyncLocalStorage } from 'node:async_hooks';

const quietMs = 1000;
const redrawMs = 1000;
const minuteMs = 60_000;

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} detail what it is doing now; may be empty
 * @property {number} start by the monotonic clock, in ms
 * @property {boolean} announced whether people have read its title
 */

/**
 * @typedef {object} Output what a board writes to
 * @property {(text: string) => void} write
 * @property {number | undefined} columns of the terminal; undefined if this is none
 */

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** `48 s` or `2 min 5 s`, for a time that is still running. @param {number} ms */
export function roundTime(ms) {
  const whole = Math.floor(ms / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** @param {number} bytes @returns {string} e.g. `81 MB` */
export function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Shows running steps and prints lines between them. */
export class Board {
  /** @type {Set<Step>} */
  #steps = new Set();
  #drawnLines = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** When the last line about all running steps was printed, where lines cannot be updated. */
  #lastReport = 0;

  /**
   * @param {Output} output
   * @param {() => number} [now] monotonic, in ms
   */
  constructor(output, now = () => performance.now()) {
    this.output = output;
    this.now = now;
  }

  /** Prints a line that stays. @param {string} line */
  print(line) {
    this.#erase();
    this.output.write(`${line}\n`);
    this.#draw();
  }

  /** @param {string} title @returns {Step} */
  begin(title) {
    const step = { title, detail: '', start: this.now(), announced: false };
    if (this.#steps.size === 0) this.#lastReport = step.start;
    this.#steps.add(step);
    this.#timer ??= setInterval(() => this.refresh(), redrawMs);
    return step;
  }

  /** @param {Step} step */
  end(step) {
    this.#erase();
    this.#steps.delete(step);
    if (this.#steps.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#draw();
  }

  /** Shows the current state; called every second. */
  refresh() {
    if (this.output.columns !== undefined) {
      this.#erase();
      this.#draw();
      return;
    }
    const now = this.now();
    for (const step of this.#steps) {
      if (step.announced || now - step.start < quietMs) continue;
      step.announced = true;
      this.output.write(`${step.title} …\n`);
    }
    if (now - this.#lastReport < minuteMs) return;
    this.#lastReport = now;
    this.output.write(`${[...this.#steps].map((step) => this.#line(step)).join('; ')}\n`);
  }

  /** @param {Step} step */
  #line({ title, detail, start }) {
    return `${title} … ${roundTime(this.now() - start)}${detail ? `, ${detail}` : ''}`;
  }

  #draw() {
    const { columns } = this.output;
    if (columns === undefined) return;
    const shown = [...this.#steps].filter(({ start }) => this.now() - start >= quietMs);
    // A line that wraps would take two rows, and the erasure is by rows.
    for (const step of shown) this.output.write(`${this.#line(step).slice(0, Math.max(20, columns - 1))}\n`);
    this.#drawnLines = shown.length;
  }

  #erase() {
    // Up by as many rows, then all below goes.
    if (this.#drawnLines > 0) this.output.write(`\u001b[${this.#drawnLines}A\u001b[J`);
    this.#drawnLines = 0;
  }
}

const board = new Board({
  write: (text) => void process.stdout.write(text),
  get columns() {
    return process.stdout.isTTY && process.env.TERM !== 'dumb' ? process.stdout.columns : undefined;
  },
});

/** The step that the running code is part of. @type {AsyncLocalStorage<Step>} */
const current = new AsyncLocalStorage();

/** @param {string} line */
export function say(line) {
  board.print(line);
}

/**
 * Does `work`; if it takes over a second, people see what is done and for how long. A step within a step is shown as
 * its detail.
 * @template T
 * @param {string} title e.g. `Installing dependencies`
 * @param {(report: (detail: string) => void) => Promise<T>} work `report` says how far it is, e.g. `43 of 105 MB`
 * @param {{ silent?: boolean }} [options] `silent`: the caller prints a line when it is over
 * @returns {Promise<T>}
 */
export async function step(title, work, { silent = false } = {}) {
  const outer = current.getStore();
  if (outer) return detailOf(outer, title, work);
  const own = board.begin(title);
  let done = false;
  try {
    const result = await current.run(own, () =>
      work((detail) => {
        own.detail = detail;
      }),
    );
    done = true;
    return result;
  } finally {
    board.end(own);
    const took = performance.now() - own.start;
    if (done && !silent && took > quietMs) say(`${title}: done in ${seconds(took)}`);
  }
}

/**
 * @template T
 * @param {Step} outer
 * @param {string} title
 * @param {(report: (detail: string) => void) => Promise<T>} work
 */
async function detailOf(outer, title, work) {
  const before = outer.detail;
  outer.detail = title;
  try {
    return await work((detail) => {
      outer.detail = `${title}: ${detail}`;
    });
  } finally {
    outer.detail = before;
  }
}

/**
 * Does `work` and calls `report` every second meanwhile.
 * @template T
 * @param {() => unknown} report a failure of it is no failure of the work
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function reporting(report, work) {
  const timer = setInterval(() => {
    Promise.resolve()
      .then(report)
      .catch(() => undefined);
  }, 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** What tests came to. */
import { readFile } from 'node:fs/promises';

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {{ name: string, details: string }[]} failed
 * @property {{ name: string, reason: string }[]} skipped
 *
 * @typedef {{ fullTitle: string, err: { message?: string, stack?: string, actual?: string, expected?: string } }} MochaTest
 */

/** @returns {Results} */
export function noResults() {
  return { passed: 0, failed: [], skipped: [] };
}

/** @param {string} name @param {string} details @returns {Results} */
export function oneFailure(name, details) {
  return { ...noResults(), failed: [{ name, details }] };
}

/** @param {string} name @param {string} reason @returns {Results} */
export function oneSkipped(name, reason) {
  return { ...noResults(), skipped: [{ name, reason }] };
}

/** @param {readonly Results[]} all @returns {Results} */
export function sum(all) {
  return {
    passed: all.reduce((total, results) => total + results.passed, 0),
    failed: all.flatMap((results) => results.failed),
    skipped: all.flatMap((results) => results.skipped),
  };
}

/** @param {Results} results */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
}

/**
 * The results of one mocha run, or `undefined` while they are not there in full.
 * @param {string} file written by mocha's JSON reporter
 * @param {string} stage
 * @returns {Promise<Results | undefined>}
 */
export async function readMocha(file, stage) {
  /** @type {{ passes: MochaTest[], failures: MochaTest[], pending: MochaTest[] }} */
  let report;
  try {
    report = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
  return {
    passed: report.passes.length,
    failed: report.failures.map((test) => ({ name: `${stage}: ${test.fullTitle}`, details: describe(test.err) })),
    skipped: report.pending.map((test) => ({
      name: `${stage}: ${test.fullTitle}`,
      reason: test.err.message ?? 'no reason given',
    })),
  };
}

/** @param {MochaTest['err']} error */
function describe({ message, stack, actual, expected }) {
  const difference =
    actual === undefined && expected === undefined ? '' : `\nexpected: ${expected}\nactual:   ${actual}`;
  return `${stack ?? message ?? 'no message'}${difference}`;
}

/** The benches, as data: each is a program of `test/bench`. */

/**
 * @typedef {object} Bench
 * @property {string} name
 * @property {number} seconds its deadline
 * @property {string[]} [flags] of Node
 */

/** @type {readonly Bench[]} */
export const benches = [
  { name: 'startup', seconds: 120 },
  { name: 'parse', seconds: 600 },
  { name: 'endToEnd', seconds: 300 },
  { name: 'largeCluster', seconds: 600, flags: ['--expose-gc'] },
  { name: 'history', seconds: 900, flags: ['--expose-gc'] },
  { name: 'configSearch', seconds: 60 },
  { name: 'promql', seconds: 60 },
  { name: 'views', seconds: 120 },
  { name: 'blocks', seconds: 600 },
  { name: 'chart', seconds: 240 },
];

/** The ids of rows of kept runs begin with this; the rest is the run's id. */
export const runRowPrefix = 'run/';

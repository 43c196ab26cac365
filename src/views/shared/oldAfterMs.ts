/** When a number counts as old. */

/** From this age on, in ms, a number's age is shown beside it. */
export const oldAfterMs = 30_000;

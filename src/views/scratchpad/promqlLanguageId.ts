/** The language of scratchpads. */

/** As the manifest contributes it. */
export const promqlLanguageId = 'promql';

/** The scheme of result documents. */

/** Of the Uris of scratchpads’ results. */
export const resultScheme = 'skyrl-result';

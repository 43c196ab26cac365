/** The PromQL grammar, loaded at its first use. */

/** Loads the bundle with the grammar once. */
export const loadLanguage = (): Promise<typeof import('../../promql/language')> => import('../../promql/language');

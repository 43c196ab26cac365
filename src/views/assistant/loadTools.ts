/** The tools for language models, loaded at their first use. */

/** Loads the bundle with the tools once. */
export const loadTools = (): Promise<typeof import('../../assistant/tools')> => import('../../assistant/tools');

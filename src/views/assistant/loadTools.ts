/** The tools for language models, loaded at their first use. */

/** Loads them once. */
export const loadTools = (): Promise<typeof import('../../assistant/toolset')> => import('../../assistant/toolset');

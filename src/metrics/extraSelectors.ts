/** Selectors that are read in addition to those of the catalog's rows. */
import type { SubjectSelector } from './selectorRegistry';
import { skyrlSelectors } from './skyrlFormulas';
import { wellKnownSelectors } from './wellKnownSelectors';

/** What engine states and SkyRL's values need. `buildCatalogIndex` throws if one that the code asks for is missing. */
export const extraSelectors: readonly SubjectSelector[] = [
  ...Object.values(wellKnownSelectors),
  ...skyrlSelectors.map((selector): SubjectSelector => ({ ...selector, subject: 'engine' })),
];

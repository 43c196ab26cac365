/** The catalog's index for tests and benches, built as the container builds it. */
import { catalog } from '../../../src/metrics/catalog';
import { buildCatalogIndex } from '../../../src/metrics/catalogIndex';
import { extraSelectors } from '../../../src/metrics/extraSelectors';
import { SeriesDescriber } from '../../../src/metrics/seriesDescriber';

export const catalogIndex = buildCatalogIndex(catalog, extraSelectors);

/** Describes the series of any target. */
export const seriesDescriber = new SeriesDescriber(catalogIndex);

/** Whether samples of this name are read. */
export const isWanted = (name: string): boolean => seriesDescriber.isWanted(name);

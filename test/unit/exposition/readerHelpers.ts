/** Small bodies through the reader, for the tests beside this file. */
import { parseExposition } from './referenceParser';
import { ExpositionReader, type Exposition, type Labels } from '../../../src/exposition/expositionReader';

/** A series in words: its name and labels, in an order that does not depend on the line; `le` by itself or among them. */
export const seriesText = (name: string, labels: Labels, le?: string): string =>
  JSON.stringify([
    name,
    ...[...labels, ...(le === undefined ? [] : [['le', le] as const])].sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);

/** What all series of one name and the same labels but `le` are described as. */
export type SeriesText = string;
export const groupText = (name: string, labels: Labels): SeriesText => seriesText(name, labels);

/** A reader that wants everything. */
export const newReader = (): ExpositionReader<SeriesText> => new ExpositionReader(() => true, groupText);

/** One body through a reader, in the chunks given or as one. */
export function feed<Meta>(reader: ExpositionReader<Meta>, ...chunks: (string | Uint8Array)[]): Exposition<Meta> {
  reader.begin();
  for (const chunk of chunks) reader.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return reader.end();
}

export const readBody = (body: string | Uint8Array): Exposition<SeriesText> => feed(newReader(), body);

/** The same by the plain way, which remembers nothing. */
export const readByReference = (body: string | Uint8Array): Exposition<SeriesText> =>
  parseExposition(Buffer.from(body), () => true, groupText);

/** What was read, as `[series in words, value]`, in the order of the lines. */
export function seriesValues({ series, values }: Exposition<unknown>): [string, number][] {
  return series.map(({ group: { name, labels }, le }, index) => [
    seriesText(name, labels, le),
    values[index] as number,
  ]);
}

/** Everything that a second reading must have in common with a first one. */
export const toComparable = (exposition: Exposition<SeriesText>): unknown => ({
  ...exposition,
  series: undefined,
  values: undefined,
  pairs: seriesValues(exposition),
  metas: exposition.series.map(({ group }) => group.meta),
});

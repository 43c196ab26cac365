/** Helpers that pass small bodies through the reader. */
import { ExpositionReader, type Exposition, type Labels } from '../../../src/exposition/expositionReader';
import { TextBudget } from '../../../src/exposition/textBudget';
import { parseExposition } from './referenceParser';

/** A series as text: its name and its labels in alphabetical order. `le` may be given apart or among the labels. */
export const seriesText = (name: string, labels: Labels, le?: string): string =>
  JSON.stringify([
    name,
    ...[...labels, ...(le === undefined ? [] : [['le', le] as const])].sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);

/** What the readers of these tests describe a group of series as. */
export type SeriesText = string;
export const groupText = (name: string, labels: Labels): SeriesText => seriesText(name, labels);

/** A reader that wants every family, and holds lines whole as long as it holds less text than this. */
export const newReader = (wholeBytes?: number): ExpositionReader<SeriesText> =>
  new ExpositionReader(() => true, groupText, undefined, new TextBudget(wholeBytes));

/** No line is held whole, some are, all are. */
export const wholeByteLimits: readonly number[] = [0, 3_000, Infinity];

/** Reads one body, given in one or more chunks. */
export function feed<Meta>(reader: ExpositionReader<Meta>, ...chunks: (string | Uint8Array)[]): Exposition<Meta> {
  reader.begin();
  for (const chunk of chunks) reader.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return reader.end();
}

/** Reads one body with a new reader. */
export const readBody = (body: string | Uint8Array): Exposition<SeriesText> => feed(newReader(), body);

/** Reads one body with the reference parser. */
export const readByReference = (body: string | Uint8Array): Exposition<SeriesText> =>
  parseExposition(Buffer.from(body), () => true, groupText);

/** Series as text with their values, in the order of the lines. */
export function seriesValues({ series, values }: Exposition<unknown>): [string, number][] {
  return series.map(({ group: { name, labels }, le }, index) => [
    seriesText(name, labels, le),
    values[index] as number,
  ]);
}

/** Everything that two readings of one body must have in common. */
export const toComparable = (exposition: Exposition<SeriesText>): unknown => ({
  ...exposition,
  series: undefined,
  values: undefined,
  pairs: seriesValues(exposition),
  metas: exposition.series.map(({ group }) => group.meta),
});

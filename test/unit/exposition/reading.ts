/** Small bodies through the reader, for the tests beside this file. */
import { ExpositionReader, type Exposition } from '../../../src/exposition/reader';

/** What a series is described as: its name and labels, in an order that does not depend on the line. */
export type Described = string;

export const describe = (name: string, labels: ReadonlyMap<string, string>): Described =>
  JSON.stringify([name, ...[...labels].sort(([a], [b]) => (a < b ? -1 : 1))]);

/** A reader that wants everything. */
export const newReader = (): ExpositionReader<Described> => new ExpositionReader(() => true, describe);

/** One body through a reader, in the chunks given or as one. */
export function feed<Meta>(reader: ExpositionReader<Meta>, ...chunks: (string | Uint8Array)[]): Exposition<Meta> {
  reader.begin();
  for (const chunk of chunks) reader.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return reader.end();
}

export const read = (body: string | Uint8Array): Exposition<Described> => feed(newReader(), body);

/** What was read, as `[described, value]`, in the order of the lines. */
export function pairs<Meta>({ series, values }: Exposition<Meta>): [Meta, number][] {
  return series.map(({ meta }, index) => [meta, values[index] as number]);
}

/** Everything that a second reading must have in common with a first one. */
export const comparable = (exposition: Exposition<Described>): unknown => ({ ...exposition, series: undefined, values: undefined, pairs: pairs(exposition) });

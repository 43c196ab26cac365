/**
 * A simple parser that reads each line by the grammar and remembers nothing. The reader must agree with it on every
 * input.
 */
import { hash } from '../../../src/exposition/characterCodes';
import { parseLine } from '../../../src/exposition/parseLine';
import { lineTooLong, maxLineBytes } from '../../../src/exposition/limits';
import {
  maxBadLines,
  metricNamePattern,
  type Describe,
  type Exposition,
  type Series,
} from '../../../src/exposition/types';

/** The text before the first brace or blank. */
const leadingName = (line: string): string => /^[^{ ]*/.exec(line)?.[0] ?? '';

/** The body with a line feed in place of each carriage return and line feed. */
export const withLineFeeds = (body: Buffer): Buffer =>
  Buffer.from(body.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');

/** Reads a whole body. Lines with an unwanted bare name are counted only; lines without a bare name are always read. */
export function parseExposition<Meta>(
  received: Buffer,
  isWanted: (name: string) => boolean,
  describe: Describe<Meta>,
): Exposition<Meta> {
  const body = withLineFeeds(received);
  const series: Series<Meta>[] = [];
  const values: number[] = [];
  const result = {
    samples: 0,
    bytes: received.length,
    badLines: [] as Exposition<Meta>['badLines'],
    badCount: 0,
    endsInLine: false,
    sawEof: false,
  };
  const addBadLine = (line: number, error: { reason: string; offset: number }): void => {
    result.badCount += 1;
    if (result.badLines.length < maxBadLines) result.badLines.push({ ...error, line });
  };
  for (let start = 0, line = 0; start < body.length; line += 1) {
    const feed = body.indexOf('\n', start);
    const end = feed === -1 ? body.length : feed;
    result.endsInLine = feed === -1;
    const text = body.toString('latin1', start, end);
    const [, blanks = ''] = /^([ \t]*)/.exec(text) ?? [];
    if (end - start > maxLineBytes) addBadLine(line, lineTooLong);
    else if (body[start + blanks.length] === hash && blanks.length < text.length)
      result.sawEof ||= text === '# EOF' && body.length === received.length;
    else if (blanks.length < text.length) {
      const name = leadingName(text);
      const sample = !metricNamePattern.test(name) || isWanted(name) ? parseLine(body, start, end) : undefined;
      if (sample && !('name' in sample)) addBadLine(line, sample);
      else {
        result.samples += 1;
        const meta = sample && describe(sample.name, sample.labels);
        if (sample && meta !== undefined) {
          series.push({ group: { name: sample.name, labels: sample.labels, meta }, le: sample.le });
          values.push(sample.value);
        }
      }
    }
    start = end + 1;
  }
  return { series, values: Float64Array.from(values), ...result };
}

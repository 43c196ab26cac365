/** The plain way to read an answer: each line by the grammar, nothing remembered. What the reader must agree with, on every input. */
import { parseLine } from '../../../src/exposition/parseLine';
import {
  maxBadLines,
  maxLineBytes,
  metricNamePattern,
  lineTooLong,
  type Describe,
  type Exposition,
  type Series,
} from '../../../src/exposition/types';

const hash = 0x23;

/** Where a bare name ends: at its braces, a blank or the line's end. */
const leadingName = (line: string): string => /^[^{ ]*/.exec(line)?.[0] ?? '';

/** Reads a whole body. `wanted` says which names are read at all; a line that does not begin with a bare name is always read. */
export function parseExposition<Meta>(
  body: Buffer,
  wanted: (name: string) => boolean,
  describe: Describe<Meta>,
): Exposition<Meta> {
  const series: Series<Meta>[] = [];
  const values: number[] = [];
  const result = {
    samples: 0,
    bytes: body.length,
    badLines: [] as Exposition<Meta>['badLines'],
    badCount: 0,
    endsInLine: false,
    sawEof: false,
  };
  const bad = (line: number, error: { reason: string; offset: number }): void => {
    result.badCount += 1;
    if (result.badLines.length < maxBadLines) result.badLines.push({ ...error, line });
  };
  for (let start = 0, line = 0; start < body.length; line += 1) {
    const feed = body.indexOf('\n', start);
    const end = feed === -1 ? body.length : feed;
    result.endsInLine = feed === -1;
    const text = body.toString('latin1', start, end);
    const [, blanks = ''] = /^([ \t]*)/.exec(text) ?? [];
    if (end - start > maxLineBytes) bad(line, lineTooLong);
    else if (body[start + blanks.length] === hash && blanks.length < text.length) result.sawEof ||= text === '# EOF';
    else if (blanks.length < text.length) {
      const name = leadingName(text);
      const sample = !metricNamePattern.test(name) || wanted(name) ? parseLine(body, start, end) : undefined;
      if (sample && !('name' in sample)) bad(line, sample);
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

/**
 * The grammar of one sample line: Prometheus's text format 0.0.4 and OpenMetrics. Label values may contain `}`, `,`,
 * `=` and `#` unescaped, and metric and label names may be quoted (Prometheus 3's UTF-8 names).
 */
import { LineCursor, LineFault, type LineError } from './lineCursor';

export type { LineError } from './lineCursor';

/** Labels of a series by name. A Map, so that `__proto__` is a label like any other. */
export type Labels = ReadonlyMap<string, string>;

/** One sample line, parsed. */
export interface Sample {
  name: string;
  /** All labels but a bucket's `le`. */
  labels: Labels;
  le: string | undefined;
  value: number;
  /** Where name and labels end, in bytes from the line's first byte. */
  prefixEnd: number;
}

const metricNameToken = /[a-zA-Z_:][\w:]*/y;
const labelNameToken = /[a-zA-Z_]\w*/y;
/** The next label may follow without a comma: Prometheus reads `{a="1" b="2"}`, too. */
const labelStart = /["a-zA-Z_]/y;

/** Reads `{a="1","b.c"="2",}` into `labels`. Returns the metric's name if the braces hold one, as in `{"a.b"}`. */
function readLabels(cursor: LineCursor, labels: Map<string, string>): string | undefined {
  let metricName: string | undefined;
  cursor.offset += 1;
  cursor.skipBlanks();
  while (!cursor.isAt('}')) {
    const isQuoted = cursor.isAt('"');
    const name = isQuoted ? cursor.readQuoted() : cursor.readName(labelNameToken);
    cursor.skipBlanks();
    if (cursor.isAt('=')) {
      cursor.offset += 1;
      cursor.skipBlanks();
      if (!cursor.isAt('"')) cursor.fail('a label value is not quoted');
      if (labels.has(name)) cursor.fail('a label occurs twice');
      labels.set(name, cursor.readQuoted());
      cursor.skipBlanks();
    } else if (isQuoted && metricName === undefined && (cursor.isAt(',') || cursor.isAt('}'))) metricName = name;
    else cursor.fail('a label has no value');
    if (cursor.isAt(',')) {
      cursor.offset += 1;
      cursor.skipBlanks();
    } else if (!cursor.isAt('}') && !cursor.matches(labelStart)) cursor.fail('the labels are not closed');
  }
  cursor.offset += 1;
  return metricName;
}

/** Reads what may follow the value: a timestamp, and an exemplar, which is about one observation and not needed. */
function readTrailer(cursor: LineCursor): void {
  cursor.skipBlanks();
  if (!cursor.isAtEnd && !cursor.isAt('#')) {
    cursor.readNumber('timestamp');
    cursor.skipBlanks();
  }
  if (!cursor.isAtEnd && !cursor.isAt('#')) cursor.fail('unexpected text behind the sample');
}

function readSample(cursor: LineCursor): Sample {
  cursor.skipBlanks();
  const labels = new Map<string, string>();
  const bareName = cursor.isAt('{') ? undefined : cursor.readName(metricNameToken);
  let name = bareName;
  let prefixEnd = cursor.offset;
  cursor.skipBlanks();
  if (cursor.isAt('{')) {
    const quotedName = readLabels(cursor, labels);
    if (bareName !== undefined && quotedName !== undefined) cursor.fail('the metric has two names');
    name ??= quotedName ?? cursor.fail('the metric has no name');
    prefixEnd = cursor.offset;
  } else if (cursor.offset === prefixEnd)
    cursor.fail(cursor.isAtEnd ? 'the value is missing' : 'a name holds a character it cannot');
  cursor.skipBlanks();
  if (cursor.isAtEnd) cursor.fail('the value is missing');
  const value = cursor.readNumber('value');
  readTrailer(cursor);
  const le = labels.get('le');
  labels.delete('le');
  return { name: name as string, labels, le, value, prefixEnd };
}

/** Parses the sample line `bytes[start, end)`, without its line feed. A bad line results in a LineError. */
export function parseLine(bytes: Buffer, start: number, end: number): Sample | LineError {
  try {
    return readSample(new LineCursor(bytes, start, end));
  } catch (error) {
    if (error instanceof LineFault) return error.error;
    throw error;
  }
}

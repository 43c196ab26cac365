/**
 * Parses and formats Prometheus's text format as Ray's agents write it. Only for well-formed text: recordings and our
 * own.
 */

interface Sample {
  /** With its suffix: `_bucket`, `_sum`, `_count`, `_total`. */
  name: string;
  /** In the order of the line; values stay escaped. */
  labels: readonly (readonly [name: string, value: string])[];
  /** As written. */
  value: string;
}

/** The labels of a sample. */
export type Labels = Sample['labels'];

/** A family with its samples. */
export interface Family {
  name: string;
  help: string;
  type: string;
  samples: Sample[];
}

const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/g;

function parseSample(line: string): Sample {
  const match = samplePattern.exec(line);
  if (!match) throw new Error(`not a sample: ${line}`);
  const labels = [...(match[2] ?? '').matchAll(labelPattern)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  return { name: match[1] ?? '', labels, value: match[3] ?? '' };
}

/** The families of a text, in its order. Throws if a line is not a sample. */
export function parseFamilies(text: string): Family[] {
  const families: Family[] = [];
  for (const line of text.split('\n')) {
    const [, keyword, name, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    const last = families.at(-1);
    if (keyword === 'HELP') families.push({ name: name ?? '', help: rest ?? '', type: 'untyped', samples: [] });
    else if (keyword === 'TYPE' && last) last.type = rest ?? '';
    else if (line !== '') last?.samples.push(parseSample(line));
  }
  return families;
}

/** A number as `prometheus_client` writes it: by Python's `repr`, and large numbers with an exponent. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  const decimal = Number.isInteger(value) ? `${value}.0` : String(value);
  const point = decimal.indexOf('.');
  if (value <= 0 || point <= 6) return decimal;
  const mantissa = `${decimal[0]}.${decimal.slice(1, point)}${decimal.slice(point + 1)}`.replace(/[0.]+$/, '');
  return `${mantissa}e+${String(point - 1).padStart(2, '0')}`;
}

/** The two comment lines above a family. */
export function formatHead({ name, help, type }: Pick<Family, 'name' | 'help' | 'type'>): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** The line of a sample. */
export function formatSample(name: string, labels: Labels, value: string): string {
  const labelText = labels.map(([label, text]) => `${label}="${text}"`).join(',');
  return labelText === '' ? `${name} ${value}\n` : `${name}{${labelText}} ${value}\n`;
}

/** The labels with some replaced or added, in alphabetical order. */
export function withLabels(labels: Labels, changes: Readonly<Record<string, string>>): Labels {
  return Object.entries({ ...Object.fromEntries(labels), ...changes }).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Reads and writes Prometheus text 0.0.4 as Ray's agents write it. Only for texts that are well-formed: recordings and our own. */

export interface Sample {
  /** With `_bucket`, `_sum`, `_count`, `_total`. */
  name: string;
  /** In the order of the line. */
  labels: readonly (readonly [name: string, value: string])[];
  /** As written. */
  value: string;
}

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

/** The families of a text, in order. Label values stay escaped. */
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

/** A number as `prometheus_client` writes it: Python's `repr`, large ones with an exponent. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  const plain = Number.isInteger(value) ? `${value}.0` : String(value);
  const point = plain.indexOf('.');
  if (value <= 0 || point <= 6) return plain;
  const mantissa = `${plain[0]}.${plain.slice(1, point)}${plain.slice(point + 1)}`.replace(/[0.]+$/, '');
  return `${mantissa}e+${String(point - 1).padStart(2, '0')}`;
}

/** The two comment lines of a family. */
export function formatHead({ name, help, type }: Pick<Family, 'name' | 'help' | 'type'>): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** One line. */
export function formatSample(name: string, labels: Sample['labels'], value: string): string {
  const inner = labels.map(([label, text]) => `${label}="${text}"`).join(',');
  return inner === '' ? `${name} ${value}\n` : `${name}{${inner}} ${value}\n`;
}

/** Some labels replaced, the missing ones put where the alphabet wants them. */
export function withLabels(labels: Sample['labels'], changes: Readonly<Record<string, string>>): Sample['labels'] {
  return Object.entries({ ...Object.fromEntries(labels), ...changes }).sort(([a], [b]) => (a < b ? -1 : 1));
}

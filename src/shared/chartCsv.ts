import type { ChartSeries } from './chartData';
import type { ChartRow } from './chartRow';

const header = ['time', 'metric', 'label', 'unit', 'engine', 'engine_id', 'value', 'lowest', 'highest'];

/** A field: quoted where it must be, and never the beginning of a spreadsheet's formula. */
function field(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /["\n\r,]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value);

/** The rows of series as CSV (RFC 4180), one line for each point, times in ISO 8601. A gap is a line without a value: absent is not zero. */
export function chartCsv(series: readonly ChartSeries[], rows: readonly ChartRow[]): string {
  const lines = series.flatMap(({ measure, engine, at, value, lowest, highest }) => {
    const row = rows.find(({ id }) => id === measure);
    const names = [measure, row?.label ?? '', row?.unit ?? '', engine?.name ?? '', engine?.id ?? ''].map(field);
    return at.map((time, index) =>
      [
        new Date(time).toISOString(),
        ...names,
        number(value[index]),
        number(lowest?.[index]),
        number(highest?.[index]),
      ].join(','),
    );
  });
  return [header.join(','), ...lines, ''].join('\r\n');
}

/** Formats samples of a result. */
import { formatValue, type Unit } from '../shared/format';

/** A sample for people: formatted with its unit if that is known, else as Prometheus writes it, to eight digits. */
export function sampleText(value: number, unit: Unit | undefined): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (unit) return formatValue(value, unit);
  return String(Number(value.toPrecision(8)));
}

/** A comparison as the command and the tool for language models give it. */
import type { Comparison, ComparedRun, MeasureRow } from '../shared/comparison';

/** Only what differs of the configs, with values instead of their JSON. */
export interface ComparisonResult {
  runs: readonly ComparedRun[];
  unit: Comparison['unit'];
  notes: readonly string[];
  rules: readonly string[];
  /** By key: the value in each run; `null` if it is not written there and has no known default, or is not known. */
  config: { key: string; values: unknown[] }[];
  measures: readonly MeasureRow[];
}

/** A text that is cut or masked is no JSON; it stays a text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The comparison for programs. */
export const comparisonResult = ({ runs, unit, notes, rules, config, measures }: Comparison): ComparisonResult => ({
  runs,
  unit,
  notes,
  rules,
  config: config
    .filter(({ state }) => state === 'different')
    .map(({ key, cells }) => ({
      key,
      values: cells.map((cell) => (cell === null || cell.unknownBecause !== undefined ? null : parseValue(cell.value))),
    })),
  measures,
});

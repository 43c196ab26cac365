/** Keeps answers small: a model pays for every row, and reads the first ones best. */

/** Most characters of the rows in one answer, some 3,000 tokens. */
export const maxAnswerChars = 12_000;

/** Most characters of a list beside the rows that were asked for, such as warnings. */
export const maxAsideChars = maxAnswerChars / 4;

/** A row of an answer, for programs and for reading. */
export interface AnswerRow {
  data: Record<string, unknown>;
  text: string;
}

/** The rows that fit, in their order, and what to write below them. */
export interface FittedRows {
  data: Record<string, unknown>[];
  lines: string[];
  /** Number of rows that are left out. */
  omitted: number;
}

/** Takes rows until the budget is used up; at least one. `advice` says how to ask for less. */
export function fitRows(rows: readonly AnswerRow[], advice: string, maxChars = maxAnswerChars): FittedRows {
  let chars = 0;
  const kept: AnswerRow[] = [];
  for (const row of rows) {
    chars += Math.max(row.text.length, JSON.stringify(row.data).length);
    if (chars > maxChars && kept.length > 0) break;
    kept.push(row);
  }
  const omitted = rows.length - kept.length;
  const lines = kept.map(({ text }) => text);
  if (omitted > 0) lines.push(`… ${omitted} more ${omitted === 1 ? 'row' : 'rows'} left out. ${advice}`);
  return { data: kept.map(({ data }) => data), lines, omitted };
}

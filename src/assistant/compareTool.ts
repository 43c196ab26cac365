/** The tool that compares kept runs: what differs in their configs, and what that did to their measures. */
import * as z from 'zod/mini';
import { compareRuns } from '../comparison/compareRuns';
import { comparisonResult } from '../comparison/comparisonResult';
import type { ComparableRun } from '../comparison/comparableRun';
import type { ComparableChoice } from '../comparison/comparables';
import { escapeControlChars } from '../promql/textTable';
import { fewestRuns, mostRuns, type Comparison, type MeasureRow } from '../shared/comparison';
import { formatCell, formatChange, formatSpread, formatVerdict, runTitle } from '../shared/comparisonText';
import { fitRows, maxAnswerChars, type AnswerRow } from './budget';
import { describe } from './inputSchema';
import { defineTool, ToolError, type ToolAnswer } from './tool';

/** A measure in which a difference is claimed is read first. */
const claims: readonly string[] = ['better', 'worse', 'different'];
const isClaimed = ({ differences }: MeasureRow): boolean => differences.some(({ verdict }) => claims.includes(verdict));

const measureRow = (row: MeasureRow): AnswerRow => ({
  data: { ...row },
  text: escapeControlChars(
    `${row.label}: ${row.medians.map((_, index) => formatSpread(row, index)).join(' against ')}; ${row.differences
      .map((difference) => `${formatChange(difference.change)}, ${formatVerdict(difference)}`)
      .join('; ')}`,
  ),
});

function listAnswer(choices: readonly ComparableChoice[]): ToolAnswer {
  const { data, lines, omitted } = fitRows(
    choices.map((choice) => ({
      data: { ...choice },
      text: escapeControlChars(`${choice.id}: ${choice.kind}, ${choice.name}, ${choice.detail}`),
    })),
    'The newest of each kind come first.',
  );
  const head =
    choices.length === 0 ? 'Nothing that can be compared is kept yet.' : 'Name two to four of these as "runs".';
  return { text: [head, ...lines].join('\n'), data: { choices: data, ...(omitted > 0 && { omitted }) } };
}

function comparisonAnswer(comparison: Comparison): ToolAnswer {
  const { runs, notes, rules, config, measures } = comparison;
  const result = comparisonResult(comparison);
  const rows = [...measures].sort((a, b) => Number(isClaimed(b)) - Number(isClaimed(a))).map(measureRow);
  const differences = fitRows(
    config
      .filter(({ state }) => state === 'different')
      .map(({ key, cells }, index) => ({
        data: { ...result.config[index] },
        text: escapeControlChars(`${key}: ${cells.map(formatCell).join(' against ')}`),
      })),
    'SkyRL: Compare Runs shows all of them.',
    maxAnswerChars / 2,
  );
  const { data, lines, omitted } = fitRows(rows, 'They make no claim.', maxAnswerChars / 2);
  return {
    text: [
      ...runs.map((_, index) => escapeControlChars(runTitle(runs, index))),
      ...notes.map(escapeControlChars),
      'Config:',
      ...differences.lines,
      'Measures:',
      ...lines,
      ...rules,
    ].join('\n'),
    data: {
      ...result,
      config: differences.data,
      measures: data,
      ...(omitted > 0 && { omitted }),
      ...(differences.omitted > 0 && { omittedKeys: differences.omitted }),
    },
  };
}

/** A comparison, or without runs the list of what can be compared. */
export const compareTool = defineTool({
  name: 'skyrl_compare_runs',
  title: 'Compare SkyRL Runs',
  modelDescription:
    'Compares two to four kept runs of SkyRL: what differs in their configs, and for each measure the median and spread over the rollouts, the change in per cent against the first run, and a verdict by a test: better, worse, different, within spread, or not enough rollouts. Call it without "runs" to get the ids. Tell the notes first: runs may be not like for like. Claim a difference only where the verdict does; "within spread" means that none is shown.',
  input: z.strictObject({
    runs: z.optional(
      describe(
        z.array(z.string().check(z.maxLength(200))).check(z.minLength(fewestRuns), z.maxLength(mostRuns)),
        'Ids of the runs; the others are compared with the first one.',
      ),
    ),
  }),
  run: async (host, { runs }) => {
    if (!runs) return listAnswer(await host.listComparables());
    let loaded: readonly ComparableRun[];
    try {
      loaded = await host.loadComparables(runs);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ToolError(`${reason} Call it without "runs" to see the ids.`);
    }
    return comparisonAnswer(compareRuns(loaded));
  },
});

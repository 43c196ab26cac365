/** Advice on a query that is valid: what it will not show, and the edit that corrects it. */
import { parseQuery } from './grammar';
import type { Hint, ServerMetrics } from './hint';
import { droppedLeHints, meanOfQuantilesHints } from './histogramHints';
import { metricHints } from './metricHints';
import { parseWords } from './queryWords';
import { scanQuery } from './scanQuery';
import { maskVariables, usesOf } from './variables';

/** `node="$node"`: `=` matches one value, and a run may have several nodes. */
function equalsVariableHints(text: string): Hint[] {
  return scanQuery(text)
    .filter(({ kind }) => kind === 'string')
    .flatMap(({ from, to }): Hint[] => {
      const operator = /(=|!=)\s*$/.exec(text.slice(0, from));
      const hasTextVariable = usesOf(text).some(
        (use) => use.from >= from && use.to <= to && use.variable?.kind === 'text',
      );
      if (!operator || !hasTextVariable) return [];
      const operatorFrom = from - operator[0].length;
      const wanted = operator[1] === '=' ? '=~' : '!~';
      return [
        {
          from: operatorFrom,
          to,
          severity: 'warning',
          message: `The variable may have several values, which need ${wanted}`,
          fix: { title: `Use ${wanted}`, edits: [{ from: operatorFrom, to: from, text: wanted }] },
        },
      ];
    });
}

/** All hints on the text of one block, in the order of the text. */
export function hints(text: string, server: ServerMetrics): Hint[] {
  const { words } = parseWords(text);
  const { tree } = parseQuery(maskVariables(text));
  return [
    ...metricHints(words, server, { text, tree }),
    ...droppedLeHints(tree, text),
    ...meanOfQuantilesHints(words),
    ...equalsVariableHints(text),
  ].sort((a, b) => a.from - b.from);
}

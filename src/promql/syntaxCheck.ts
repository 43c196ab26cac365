/** What Prometheus's grammar finds wrong with a query, without asking a server. */
import type { EditorView } from '@codemirror/view';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { parseQuery } from './grammar';
import { bracketProblems, type Problem } from './problems';
import { depthOf, maxDepth } from './syntaxNodes';
import { maskVariables } from './variables';

const linter = new PromQLExtension().getLinter();

/**
 * Syntax and type errors in the order of the text, each on at least one character. The server's parser has the last
 * word, and the only one on a query that is nested very deeply.
 */
export function checkSyntax(text: string): Problem[] {
  const unpaired = bracketProblems(text);
  // Behind a missing bracket the grammar reports everything.
  if (unpaired.length > 0) return unpaired;
  const { state, tree } = parseQuery(maskVariables(text));
  if (depthOf(tree) > maxDepth) return [];
  const problems: Problem[] = [];
  // The linter reads nothing of a view but its state.
  const linted = linter.promQL.call(linter)({ state } as unknown as EditorView);
  if (Array.isArray(linted))
    for (const { from, to, message } of linted as readonly Problem[]) problems.push({ from, to, message });
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (!type.isError || problems.some((problem) => problem.from <= from && to <= problem.to)) return;
      const message =
        from === to ? 'Something is missing here' : `Unexpected ${text.slice(from, to).trim().slice(0, 40)}`;
      problems.push({ from, to, message });
    },
  });
  return sortUnique(problems.map((problem) => widenEmpty(problem, text)));
}

/** Marks an empty range on the character before it. */
function widenEmpty({ from, to, message }: Problem, text: string): Problem {
  if (to > from) return { from, to, message };
  const lastChar = Math.max(0, text.slice(0, from).trimEnd().length - 1);
  return { from: Math.min(lastChar, from), to: Math.max(lastChar + 1, Math.min(to, text.length)), message };
}

function sortUnique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()].sort(
    (a, b) => a.from - b.from,
  );
}

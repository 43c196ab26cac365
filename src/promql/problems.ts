/** Problems that need no grammar: brackets and quotes without a partner, and variables that do not exist. */
import { scanQuery } from './scanQuery';
import { usesOf, variables } from './variables';

/** Something wrong with a part of a query. */
export interface Problem {
  /** Offsets in the query's text; `to` is behind the last character. */
  from: number;
  to: number;
  message: string;
}

const openingOf: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** Brackets and quotes without a partner, in the order of the text. */
export function bracketProblems(text: string): Problem[] {
  const problems: Problem[] = [];
  const openBrackets: { char: string; at: number }[] = [];
  let hasOpenQuote = false;
  for (const { kind, from, to, closed, quote } of scanQuery(text)) {
    if (kind === 'string' && closed === false) {
      hasOpenQuote = true;
      problems.push({ from, to, message: `This ${quote} is not closed` });
    }
    if (kind !== 'code') continue;
    for (let at = from; at < to; at += 1) {
      const char = text[at] ?? '';
      if ('([{'.includes(char)) openBrackets.push({ char, at });
      const opening = openingOf[char];
      if (opening === undefined) continue;
      if (openBrackets.at(-1)?.char === opening) openBrackets.pop();
      else problems.push({ from: at, to: at + 1, message: `This ${char} closes nothing` });
    }
  }
  // What follows an open quote may close these brackets.
  if (hasOpenQuote) return problems;
  const unclosed = openBrackets.map(({ char, at }) => ({
    from: at,
    to: at + 1,
    message: `This ${char} is not closed`,
  }));
  return [...problems, ...unclosed].sort((a, b) => a.from - b.from);
}

/** Variables that do not exist, and variables for label values outside of quotes. */
export function variableProblems(text: string): Problem[] {
  const names = variables.map(({ name }) => `$${name}`).join(', ');
  return usesOf(text).flatMap(({ name, from, to, variable, quote }) => {
    if (!variable) return [{ from, to, message: `There is no variable $${name}. Variables: ${names}` }];
    return variable.kind === 'text' && quote === undefined
      ? [{ from, to, message: `$${name} belongs in the quotes of a label: =~"$${name}"` }]
      : [];
  });
}

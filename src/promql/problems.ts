/** What is wrong with a query, as offsets in its text, and brackets that have no partner. */
import { scanQuery } from './scanQuery';
import { usesOf, variables } from './variables';

export interface Problem {
  from: number;
  to: number;
  message: string;
}

const partner: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** Brackets and quotes without a partner. */
export function brackets(text: string): Problem[] {
  const open: { char: string; at: number }[] = [];
  const found: Problem[] = [];
  for (const { kind, from, to, closed, quote } of scanQuery(text)) {
    if (kind === 'string' && closed === false) found.push({ from, to, message: `this ${quote} has no end` });
    if (kind !== 'code') continue;
    for (let at = from; at < to; at += 1) {
      const char = text[at] ?? '';
      if ('([{'.includes(char)) open.push({ char, at });
      if (partner[char] === undefined) continue;
      const last = open.at(-1);
      if (last?.char === partner[char]) open.pop();
      else found.push({ from: at, to: at + 1, message: `this ${char} closes nothing` });
    }
  }
  // Behind a quote without an end nothing is told apart any more.
  if (found.some(({ message }) => message.endsWith('has no end'))) return found;
  return [
    ...found,
    ...open.map(({ char, at }) => ({ from: at, to: at + 1, message: `this ${char} is not closed` })),
  ].sort((a, b) => a.from - b.from);
}

/** Variables that there are not, and those that stand where they mean nothing. */
export function variableProblems(text: string): Problem[] {
  const known = variables.map(({ name }) => `$${name}`).join(', ');
  return usesOf(text).flatMap(({ name, from, to, variable, quote }) => {
    if (!variable) return [{ from, to, message: `there is no variable $${name}; there are ${known}` }];
    return variable.kind === 'text' && quote === undefined
      ? [{ from, to, message: `$${name} stands in a label’s quotes: =~"$${name}"` }]
      : [];
  });
}

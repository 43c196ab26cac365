/** Counts the work of reading a script, so that no script can keep the extension host busy. */

/**
 * Most steps of one script, and of all scripts of one file together. A step is a statement, a word, an item or span that an expansion copies, or 256 characters of
 * text that it makes. The longest real scripts take 5,000; 500,000 take about half a second.
 */
export const maxSteps = 500_000;

/** Longest text of a variable or word; real ones have a few thousand characters. */
export const maxTextLength = 2_000_000;

const charactersPerStep = 256;

/** What people read when a script is given up. A function, because the first formatted number loads the locales. */
export const tooEntangledMessage = (): string =>
  `The script is too entangled to follow: reading it takes over ${maxSteps.toLocaleString('en-US')} steps by this line. Move the command with the overrides to a script without loops and long expansions.`;

/** Thrown when a script takes more steps than it may. */
export class ScriptBudgetError extends Error {}

/** How many steps were taken so far. */
export interface Budget {
  steps: number;
}

/** Whether no steps are left. */
export const isSpent = ({ steps }: Budget): boolean => steps > maxSteps;

/**
 * Counts steps.
 * @throws ScriptBudgetError beyond the limit
 */
export function spend(budget: Budget, steps: number): void {
  budget.steps += steps;
  if (budget.steps > maxSteps) throw new ScriptBudgetError();
}

/**
 * Counts the characters that an expansion made, and the spans that they are put together from.
 * @throws ScriptBudgetError beyond the limit, or if the text is too long
 */
export function spendText(budget: Budget, characters: number, spans = 0): void {
  if (characters > maxTextLength) throw new ScriptBudgetError();
  spend(budget, 1 + Math.floor(characters / charactersPerStep) + spans);
}

/** The environment variables that a script sets for a command, as far as they matter here. */
import { newInferenceVariable } from '../metricsPath';
import { joinNotes, noteOf } from '../mappedText';
import { getVariable, type VariableTable } from './variables';

/** The exported variables of a table. Ones that are not known are left out. */
export function environmentOf(table: VariableTable): Record<string, string> {
  const budget = { steps: 0 };
  const found: Record<string, string> = {};
  for (const name of [newInferenceVariable]) {
    const variable = getVariable(table, name, budget);
    if (variable?.kind !== 'text' || variable.exported !== true) continue;
    if (joinNotes([noteOf(variable.value), variable.note])?.unresolvedReason === undefined)
      found[name] = variable.value.text;
  }
  return found;
}

/** Chooses what `${NAME:-default}`, `${NAME:+word}` and their relatives give. */
import type { ParameterExpansionPart, ParameterOperation, Word, WordPart } from 'unbash';
import { emptyText, type Note } from '../mappedText';
import { readVariable, type Expand, type ShellContext } from './context';
import { elementOf, isItemList } from './elements';
import { lookUp, lookUpItems, noteOfWord, unsetReason, type NameValue } from './lookUp';

/** `${NAME:-default}` and its relatives. */
export type DefaultPart = ParameterExpansionPart & { operation: Extract<ParameterOperation, { type: 'Default' }> };

/** Whether a part is `${NAME:-default}` or one of its relatives. */
export const isDefault = (part: WordPart): part is DefaultPart =>
  part.type === 'ParameterExpansion' && part.operation?.type === 'Default';

/** What `${NAME:-default}` and its relatives choose: the value of the name, the operand, or nothing; or why it is not known. */
export type DefaultChoice =
  | { kind: 'value' }
  | { kind: 'operand'; operand: Word; note?: Note | undefined }
  | { kind: 'nothing'; note?: Note | undefined }
  | { kind: 'unknown'; reason: string };

/** Chooses what `${NAME:-default}` gives. */
export function chooseDefault(part: DefaultPart, context: ShellContext, expand: Expand): DefaultChoice {
  const { parameter: name } = part;
  const { operator, operand } = part.operation;
  const found = isItemList(part) ? listAsValue(name, context) : valueOf(part, context, expand);
  if (found.kind === 'unknown') return found;
  const note = found.kind === 'value' ? noteOfWord(found) : found.note;
  if (note?.unresolvedReason !== undefined) return { kind: 'unknown', reason: note.unresolvedReason };
  const isEmpty = found.kind === 'value' && found.value.text === '';
  const isThere = found.kind === 'value' && !(operator.startsWith(':') && isEmpty);
  const kind = operator.replace(':', '');
  // A variable that the script itself emptied does not depend on the environment.
  const isOwn = readVariable(context, name) !== undefined || (/^\d+$/.test(name) && found.kind === 'value');
  const missing = isOwn ? note : { environmentDefaults: [/^\d+$|^[@*]$/.test(name) ? `$${name}` : name] };
  if (kind === '+') return isThere ? { kind: 'operand', operand, note } : { kind: 'nothing', note: missing };
  if (isThere) return { kind: 'value' };
  return kind === '?'
    ? { kind: 'unknown', reason: unsetReason(name, context) }
    : { kind: 'operand', operand, note: missing };
}

/** A list as one value, which is unset if it has no items. */
function listAsValue(name: string, context: ShellContext): NameValue {
  const items = lookUpItems(name, context)?.filter(({ isOpen }) => isOpen !== true);
  if (items === undefined) return lookUp(name, context);
  return items.length === 0 ? { kind: 'unset' } : { kind: 'value', value: items[0]?.value ?? emptyText };
}

/** The value of a part's name or element, before its operation. */
export const valueOf = (part: ParameterExpansionPart, context: ShellContext, expand: Expand): NameValue =>
  part.index && !/^[@*]$/.test(part.index.text)
    ? elementOf(part, part.index, context, expand)
    : lookUp(part.parameter, context);

/** Expands `${…}` that is not a list: values, defaults, lengths, names of names. */
import type { ParameterExpansionPart } from 'unbash';
import { emptyText, type MappedText } from '../mappedText';
import { setVariable, wrapText, type Expand, type ShellContext } from './context';
import { chooseDefault, isDefault, valueOf, type DefaultPart } from './defaults';
import { isOneItem } from './elements';
import { lookUp, lookUpItems, noteOfWord, unsetReason } from './lookUp';
import { expandedText, unknownText } from './source';
import { computedReason, transform } from './transform';

/** The value of `${…}` that is not a list. */
export function expandParameter(part: ParameterExpansionPart, context: ShellContext, expand: Expand): MappedText {
  const { source } = context;
  if (part.prefix === '#') return expandLength(part, context);
  if (part.prefix === '!') return expandIndirect(part, context);
  if (isDefault(part)) return expandDefault(part, context, expand);
  const found = valueOf(part, context, expand);
  const { operation } = part;
  if (found.kind === 'unknown') return unknownText(source, part, found.reason);
  if (found.kind === 'unset') return unknownText(source, part, unsetReason(part.parameter, context), found.note);
  return operation
    ? transform(part, found.value, noteOfWord(found), operation, context, expand)
    : wrapText(context, part, found.value, found.note);
}

function expandLength(part: ParameterExpansionPart, context: ShellContext): MappedText {
  const isList = part.index !== undefined && /^[@*]$/.test(part.index.text);
  if (isList || /^[@*]$/.test(part.parameter)) {
    const items = lookUpItems(part.parameter, context);
    if (!items?.every(isOneItem)) return unknownText(context.source, part, computedReason(part));
    return expandedText(context.source, part, String(items.length));
  }
  const found = part.index ? undefined : lookUp(part.parameter, context);
  if (found?.kind !== 'value' || noteOfWord(found)?.unresolvedReason !== undefined)
    return unknownText(context.source, part, found?.kind === 'unknown' ? found.reason : computedReason(part));
  return expandedText(context.source, part, String([...found.value.text].length), noteOfWord(found));
}

/** `${!NAME}`: the variable whose name the variable NAME has. */
function expandIndirect(part: ParameterExpansionPart, context: ShellContext): MappedText {
  const name = lookUp(part.parameter, context);
  const isKnown = name.kind === 'value' && noteOfWord(name) === undefined && /^[A-Za-z_]\w*$/.test(name.value.text);
  if (!isKnown || part.operation || part.index) return unknownText(context.source, part, computedReason(part));
  const found = lookUp(name.value.text, context);
  if (found.kind === 'value') return wrapText(context, part, found.value, found.note);
  return unknownText(
    context.source,
    part,
    found.kind === 'unknown' ? found.reason : unsetReason(name.value.text, context),
  );
}

function expandDefault(part: DefaultPart, context: ShellContext, expand: Expand): MappedText {
  const choice = chooseDefault(part, context, expand);
  switch (choice.kind) {
    case 'unknown':
      return unknownText(context.source, part, choice.reason);
    case 'nothing':
      return wrapText(context, part, emptyText, choice.note);
    case 'value': {
      const found = valueOf(part, context, expand);
      return found.kind === 'value' ? wrapText(context, part, found.value, found.note) : emptyText;
    }
    case 'operand': {
      const value = expand.text(choice.operand, context);
      if (part.operation.operator.endsWith('=') && !part.index)
        setVariable(context, part.parameter, { kind: 'text', value, ...(choice.note && { note: choice.note }) });
      return wrapText(context, part, value, choice.note);
    }
  }
}

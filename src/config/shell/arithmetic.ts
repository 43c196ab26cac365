/** Evaluates `$((…))`, `((…))` and `let` on whole numbers, as far as their operands are known. */
import type { ArithmeticExpression } from 'unbash';
import { joinNotes, unwrittenText, type MappedText, type Note } from '../mappedText';
import { spend } from './budget';
import { readVariable, setVariable, type ShellContext } from './context';
import { lookUp, noteOfWord, unsetReason } from './lookUp';

/** A number with the notes on its operands, or why it is not known. */
export type ArithmeticResult = { value: number; note?: Note | undefined } | { reason: string };

const notKnown = (text: string): ArithmeticResult => ({
  reason: `it is computed by the shell${text === '' ? '' : ` (${text})`}`,
});

const toNumber = (condition: boolean): number => (condition ? 1 : 0);

const operators: Partial<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => Math.trunc(left / right),
  '%': (left, right) => left % right,
  '**': (left, right) => left ** right,
  '<<': (left, right) => left * 2 ** right,
  '>>': (left, right) => Math.floor(left / 2 ** right),
  '<': (left, right) => toNumber(left < right),
  '<=': (left, right) => toNumber(left <= right),
  '>': (left, right) => toNumber(left > right),
  '>=': (left, right) => toNumber(left >= right),
  '==': (left, right) => toNumber(left === right),
  '!=': (left, right) => toNumber(left !== right),
  '&&': (left, right) => toNumber(left !== 0 && right !== 0),
  '||': (left, right) => toNumber(left !== 0 || right !== 0),
  '&': (left, right) => Number(BigInt(left) & BigInt(right)),
  '|': (left, right) => Number(BigInt(left) | BigInt(right)),
  '^': (left, right) => Number(BigInt(left) ^ BigInt(right)),
  ',': (_, right) => right,
};

/** A literal as bash reads it: decimal, `0x…`, octal with a leading 0, `base#digits`. */
export function parseInteger(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^\s*([+-]?)\s*(\w+|\d+#\w+)\s*$/.exec(text) ?? [];
  const based = /^(\d+)#(\w+)$/.exec(digits);
  const value = based
    ? parseInBase(based[2] ?? '', Number(based[1]))
    : /^0[xX][\da-fA-F]+$/.test(digits)
      ? parseInt(digits, 16)
      : /^0[0-7]+$/.test(digits)
        ? parseInt(digits, 8)
        : /^(?:0|[1-9]\d*)$/.test(digits)
          ? Number(digits)
          : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? (sign === '-' ? -value : value) : undefined;
}

function parseInBase(digits: string, base: number): number | undefined {
  const value = base >= 2 && base <= 36 ? parseInt(digits, base) : NaN;
  return Number.isNaN(value) || value.toString(base) !== digits.toLowerCase().replace(/^0+(?=.)/, '')
    ? undefined
    : value;
}

/** Expands an operand such as `${N:-8}` or `A[i]`; given by the module that expands words. */
type ExpandOperand = (operand: Extract<ArithmeticExpression, { type: 'ArithmeticWord' }>) => MappedText;

function evaluateText(text: string, note: Note | undefined): ArithmeticResult {
  if (note?.unresolvedReason !== undefined) return { reason: note.unresolvedReason };
  const value = text.trim() === '' ? 0 : parseInteger(text);
  return value === undefined ? notKnown(text) : { value, note };
}

/** Evaluates an expression, with the assignments in it. */
export function evaluate(
  expression: ArithmeticExpression | undefined,
  context: ShellContext,
  expand: ExpandOperand,
): ArithmeticResult {
  spend(context.budget, 1);
  const again = (inner: ArithmeticExpression): ArithmeticResult => evaluate(inner, context, expand);
  switch (expression?.type) {
    case undefined:
      return { value: 0 };
    case 'ArithmeticGroup':
      return again(expression.expression);
    case 'ArithmeticWord': {
      const literal = parseInteger(expression.value);
      if (literal !== undefined) return { value: literal };
      const name = /^([A-Za-z_]\w*)(?:\[.*)?$/.exec(expression.value)?.[1];
      if (name !== undefined && name === expression.value) return evaluateName(name, context);
      const operand = expand(expression);
      return evaluateText(operand.text, noteOfWord({ value: operand }));
    }
    case 'ArithmeticTernary': {
      const test = again(expression.test);
      if ('reason' in test) return test;
      const chosen = again(test.value !== 0 ? expression.consequent : expression.alternate);
      return 'reason' in chosen ? chosen : { ...chosen, note: joinNotes([test.note, chosen.note]) };
    }
    case 'ArithmeticUnary':
      return evaluateUnary(expression, context, again);
    case 'ArithmeticBinary':
      return evaluateBinary(expression, context, again);
    case 'ArithmeticCommandExpansion':
      return { reason: 'it is the output of a command' };
  }
}

function evaluateName(name: string, context: ShellContext): ArithmeticResult {
  const found = lookUp(name, context);
  if (found.kind === 'unknown') return { reason: found.reason };
  // Bash takes an unset name for 0, but the job may have it set.
  if (found.kind === 'unset')
    return readVariable(context, name) ? { value: 0, note: found.note } : { reason: unsetReason(name, context) };
  return evaluateText(found.value.text, noteOfWord(found));
}

function evaluateUnary(
  { operator, operand, prefix }: Extract<ArithmeticExpression, { type: 'ArithmeticUnary' }>,
  context: ShellContext,
  again: (inner: ArithmeticExpression) => ArithmeticResult,
): ArithmeticResult {
  const inner = again(operand);
  if (operator === '++' || operator === '--') {
    const step = operator === '++' ? 1 : -1;
    const next: ArithmeticResult = 'reason' in inner ? inner : { ...inner, value: inner.value + step };
    assign(operand, next, context);
    return prefix ? next : inner;
  }
  if ('reason' in inner) return inner;
  const value = { '-': -inner.value, '+': inner.value, '!': toNumber(inner.value === 0), '~': ~inner.value }[operator];
  return value === undefined ? notKnown(operator) : { ...inner, value };
}

function evaluateBinary(
  { operator, left, right }: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>,
  context: ShellContext,
  again: (inner: ArithmeticExpression) => ArithmeticResult,
): ArithmeticResult {
  const isAssignment = /^(?:[-+*/%&|^]|<<|>>)?=$/.test(operator);
  const [one, other] = [operator === '=' ? undefined : again(left), again(right)];
  const result = one === undefined ? other : apply(isAssignment ? operator.slice(0, -1) : operator, one, other);
  if (isAssignment) assign(left, result, context);
  return result;
}

function apply(operator: string, one: ArithmeticResult, other: ArithmeticResult): ArithmeticResult {
  if ('reason' in one) return one;
  if ('reason' in other) return other;
  const value = operators[operator]?.(one.value, other.value);
  return value !== undefined && Number.isSafeInteger(value)
    ? { value: value === 0 ? 0 : value, note: joinNotes([one.note, other.note]) }
    : notKnown('');
}

function assign(target: ArithmeticExpression, result: ArithmeticResult, context: ShellContext): void {
  if (target.type !== 'ArithmeticWord' || !/^[A-Za-z_]\w*$/.test(target.value)) return;
  setVariable(
    context,
    target.value,
    'reason' in result
      ? { kind: 'unknown', reason: result.reason }
      : { kind: 'text', value: unwrittenText(String(result.value), result.note) },
  );
}

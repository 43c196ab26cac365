/** Decides `[ … ]`, `[[ … ]]` and `test`, as far as they compare what the script itself sets. */
import type { TestExpression, Word } from 'unbash';
import { noteOf, type MappedText } from '../mappedText';
import { parseInteger } from './arithmetic';
import { readVariable } from './context';
import { expandPattern, expandWord } from './expandWords';
import { noteOfWord } from './lookUp';
import { matches } from './patterns';
import type { ShellReader, Status } from './reader';
import type { ExpandedWord } from './variables';

/** The text of a value that depends on nothing outside the script. */
export const certainText = (value: MappedText): string | undefined =>
  noteOf(value) === undefined ? value.text : undefined;

const comparisons: Partial<Record<string, (left: number, right: number) => boolean>> = {
  '-eq': (left, right) => left === right,
  '-ne': (left, right) => left !== right,
  '-lt': (left, right) => left < right,
  '-le': (left, right) => left <= right,
  '-gt': (left, right) => left > right,
  '-ge': (left, right) => left >= right,
};

function compareNumbers(operator: string, left: string, right: string): Status {
  const [one, other] = [left.trim() === '' ? 0 : parseInteger(left), parseInteger(right)];
  return one === undefined || other === undefined ? undefined : comparisons[operator]?.(one, other);
}

function decideUnary(operator: string, text: string | undefined, reader: ShellReader): Status {
  if (text === undefined) return undefined;
  if (operator === '-z') return text === '';
  if (operator === '-n') return text !== '';
  if (operator === '-v')
    return readVariable(reader, text) === undefined ? undefined : readVariable(reader, text)?.kind !== 'unset';
  return /^-[efrs]$/.test(operator) && reader.scope.files.written.has(text) ? true : undefined;
}

/** Decides `[[ … ]]`. */
export function decideTest(expression: TestExpression, reader: ShellReader): Status {
  switch (expression.type) {
    case 'TestGroup':
      return decideTest(expression.expression, reader);
    case 'TestNot': {
      const status = decideTest(expression.operand, reader);
      return status === undefined || expression.negations.length % 2 === 0 ? status : !status;
    }
    case 'TestLogical': {
      const ends = expression.operator === '||';
      const statuses = expression.operands.map((operand) => decideTest(operand, reader));
      return statuses.includes(ends) ? ends : statuses.includes(undefined) ? undefined : !ends;
    }
    case 'TestUnary':
      return decideUnary(expression.operator, certainText(expandWord(expression.operand, reader)), reader);
    case 'TestBinary':
      return decideBinary(expression.operator, expression.left, expression.right, reader);
  }
}

function decideBinary(operator: string, left: Word, right: Word, reader: ShellReader): Status {
  const text = certainText(expandWord(left, reader));
  const pattern = certainText(expandPattern(right, reader));
  if (text === undefined || pattern === undefined) return undefined;
  if (comparisons[operator]) return compareNumbers(operator, text, pattern);
  if (!['=', '==', '!='].includes(operator)) return undefined;
  const isEqual = matches(pattern, text, reader.budget);
  return isEqual === undefined || operator !== '!=' ? isEqual : !isEqual;
}

const certainWord = (word: ExpandedWord | undefined): string | undefined =>
  word && word.isOpen !== true && noteOfWord(word) === undefined ? word.value.text : undefined;

/** Decides `[ … ]` and `test`, given the words between the brackets. */
export function decideWords(words: readonly ExpandedWord[], reader: ShellReader): Status {
  if (words.some(({ isOpen }) => isOpen)) return undefined;
  const [first, second, third] = words;
  if (certainWord(first) === '!' && words.length > 1) {
    const status = decideWords(words.slice(1), reader);
    return status === undefined ? undefined : !status;
  }
  switch (words.length) {
    case 0:
      return false;
    case 1:
      return decideUnary('-n', certainWord(first), reader);
    case 2:
      return decideUnary(certainWord(first) ?? '', certainWord(second), reader);
    case 3: {
      const [left, operator, right] = [certainWord(first), certainWord(second), certainWord(third)];
      if (left === undefined || operator === undefined || right === undefined) return undefined;
      if (comparisons[operator]) return compareNumbers(operator, left, right);
      if (operator === '=' || operator === '==') return left === right;
      return operator === '!=' ? left !== right : undefined;
    }
    default:
      return undefined;
  }
}

/** Splits a text as the shell splits an unquoted expansion. */
import { sliceText, unwrapWords, type MappedText } from '../mappedText';

/** A text in pieces. */
export interface Pieces {
  pieces: MappedText[];
  startsWithSeparator: boolean;
  endsWithSeparator: boolean;
}

const escapeSet = (characters: string): string => characters.replace(/[\\\]^-]/g, '\\$&');

/** The pieces of a text between separators. Blanks around other separators go with them. */
export function splitText(whole: MappedText, ifs: string): Pieces {
  const mapped = unwrapWords(whole);
  if (ifs === '' || mapped.text === '')
    return { pieces: mapped.text === '' ? [] : [mapped], startsWithSeparator: false, endsWithSeparator: false };
  const blanks = escapeSet(ifs.replace(/[^ \t\n]/g, ''));
  const others = escapeSet(ifs.replace(/[ \t\n]/g, ''));
  const blank = blanks === '' ? '' : `[${blanks}]`;
  const expression = new RegExp(
    others === '' ? `${blank}+` : blank === '' ? `[${others}]` : `${blank}*[${others}]${blank}*|${blank}+`,
    'g',
  );
  const pieces: MappedText[] = [];
  let at = 0;
  let startsWithSeparator = false;
  for (const { index, 0: separator } of mapped.text.matchAll(expression)) {
    const isBlank = separator.trim() === '' && blank !== '';
    if (index > at || !isBlank) pieces.push(sliceText(mapped, at, index));
    startsWithSeparator ||= index === 0 && isBlank;
    at = index + separator.length;
  }
  const endsWithSeparator = at > 0 && at === mapped.text.length;
  if (!endsWithSeparator) pieces.push(sliceText(mapped, at));
  return { pieces, startsWithSeparator, endsWithSeparator };
}

/** Long texts as several rows, since a tree cuts off what is wider than its view. */
import type { TreeRow } from './treeRow';

/** Characters that fit below a row in a side bar of 300 pixels. */
const maxLineLength = 30;

/** Breaks a text into lines at its spaces; a word that is too long for a line gets its own. */
export function wrapText(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > maxLineLength) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A text as rows: the icon is on the first, the whole text in each tooltip. */
export function textRows(id: string, icon: string, text: string): TreeRow[] {
  return wrapText(text).map((label, index) => ({
    id: `${id}/${index}`,
    label,
    description: '',
    tooltip: [text],
    icon: { name: index === 0 ? icon : 'blank' },
    context: 'text',
    children: [],
  }));
}

/** Reads a Jupyter notebook: its Python cells as one program, its shell cells and lines as scripts. */
import { joinTexts, mapSpans, sliceText, unwrittenText, type MappedText, type TextSpan } from './mappedText';

const jsonEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** A JSON string between two offsets (with its quotes), mapped to the file. */
function readJsonString(file: string, from: number, to: number): MappedText {
  const spans: TextSpan[] = [];
  let start = from + 1;
  const flush = (at: number): void => {
    if (at > start) spans.push({ text: file.slice(start, at), from: start, to: at, exact: true });
  };
  for (let at = start; at < to - 1;) {
    if (file[at] !== '\\') {
      at++;
      continue;
    }
    flush(at);
    const next = file[at + 1] ?? '';
    const isUnicode = next === 'u';
    const end = at + (isUnicode ? 6 : 2);
    const text = isUnicode ? String.fromCharCode(parseInt(file.slice(at + 2, end), 16)) : (jsonEscapes[next] ?? next);
    spans.push({ text, from: at, to: end, exact: false });
    at = end;
    start = end;
  }
  flush(to - 1);
  return mapSpans(spans);
}

/** The sources of the code cells of a notebook, mapped to the file; none if it is not JSON. */
async function readCells(file: string): Promise<MappedText[]> {
  const yaml = await import('yaml');
  const document = yaml.parseDocument(file, {
    schema: 'json',
    prettyErrors: false,
    logLevel: 'silent',
    uniqueKeys: false,
  });
  const cells = yaml.isMap(document.contents) ? document.contents.get('cells') : undefined;
  if (document.errors.length > 0 || !yaml.isSeq(cells)) return [];
  return cells.items.flatMap((cell) => {
    if (!yaml.isMap(cell) || String(cell.get('cell_type')) !== 'code') return [];
    const source = cell.get('source', true) as unknown;
    const lines = yaml.isSeq(source) ? source.items : [source];
    const texts = lines.flatMap((line) =>
      yaml.isScalar(line) && typeof line.value === 'string' && line.range
        ? [readJsonString(file, line.range[0], line.range[1])]
        : [],
    );
    return texts.length > 0 ? [joinTexts(texts)] : [];
  });
}

const shellCell = /^\s*%%(?:bash|sh|script\s+(?:ba)?sh)\b[^\n]*\n/;

/** What IPython replaces in a shell line: the value of a Python expression that begins with a name. */
const replacement = /\{[A-Za-z_][\w.]*(?:\[[\w'"]*\])*\}/g;

/** A shell line as a call with a format string, so that Python's names in it are filled in. */
function shellLine(line: MappedText): MappedText {
  const texts: MappedText[] = [unwrittenText("_(rf'''")];
  const addPlain = (from: number, to: number): void => {
    let at = from;
    for (const { index } of line.text.slice(from, to).matchAll(/[{}]/g)) {
      const written = sliceText(line, from + index, from + index + 1);
      texts.push(sliceText(line, at, from + index), written, written);
      at = from + index + 1;
    }
    texts.push(sliceText(line, at, to));
  };
  let at = 0;
  for (const { index, 0: expression } of line.text.matchAll(replacement)) {
    addPlain(at, index);
    at = index + expression.length;
    texts.push(sliceText(line, index, at));
  }
  addPlain(at, line.text.length);
  return joinTexts([...texts, unwrittenText("''')")]);
}

/** A cell as Python: lines that begin with `!` become calls, magics become comments. */
function toPython(cell: MappedText): MappedText {
  const texts: MappedText[] = [];
  for (const { index, 0: line } of cell.text.matchAll(/(?:\\\n|[^\n])*(?:\n|$)/g)) {
    const mark = /^\s*(?:\w+\s*=\s*)?!/.exec(line);
    const end = index + line.replace(/\n$/, '').length;
    if (mark) texts.push(shellLine(sliceText(cell, index + mark[0].length, end)), unwrittenText('\n'));
    else if (/^\s*[%?]/.test(line)) texts.push(unwrittenText('#\n'));
    else texts.push(sliceText(cell, index, index + line.length));
  }
  return joinTexts(texts);
}

/** A notebook's programs. */
export interface NotebookPrograms {
  /** All Python cells, one after the other. */
  python: MappedText;
  /** Cells that are shell scripts. */
  scripts: readonly MappedText[];
}

/** The programs of a notebook. */
export async function readNotebook(file: string): Promise<NotebookPrograms> {
  const cells = await readCells(file);
  const scripts = cells.flatMap((cell) => {
    const magic = shellCell.exec(cell.text);
    return magic ? [sliceText(cell, magic[0].length)] : [];
  });
  const python = cells
    .filter((cell) => !/^\s*%%/.test(cell.text))
    .flatMap((cell) => [toPython(cell), unwrittenText('\n')]);
  return { python: joinTexts(python), scripts };
}

/** Folding by family and hovers in expositions: documents of **SkyRL: Show Exposition** and `.prom` files. */
import * as vscode from 'vscode';
import { canonicalName } from '../../exposition/canonicalName';
import { familyRanges, type FamilyRange } from '../../exposition/familyRanges';
import { catalog } from '../../metrics/catalog/index';

/** As the manifest contributes it. */
export const expositionLanguageId = 'prometheus-exposition';

/** Rows of the views that a hover names; a histogram has more. */
const maxRows = 2;

/** Names of metrics; labels and values have no hover. */
const metricName = /[a-zA-Z_:][\w:]*/;

/** Untrusted names and help as text; a type only if it is one word. */
function hoverText({ name, type, help, unit, samples }: FamilyRange): vscode.MarkdownString {
  const text = new vscode.MarkdownString().appendMarkdown('**').appendText(name).appendMarkdown('**');
  const facts = [
    type ?? 'no type',
    ...(unit ? [`unit ${unit}`] : []),
    `${samples} ${samples === 1 ? 'sample' : 'samples'}`,
  ];
  text.appendMarkdown('\n\n').appendText(facts.join(' · '));
  if (help) text.appendMarkdown('\n\n').appendText(help);
  const canonical = (canonicalName(name) ?? name).replace(/_total$/, '');
  // Rows of this family alone come first.
  const rows = catalog
    .filter(({ families }) => families.includes(canonical))
    .sort((a, b) => a.families.length - b.families.length)
    .slice(0, maxRows);
  for (const { label, help: meaning } of rows) text.appendMarkdown('\n\n').appendText(`Shown as ${label}: ${meaning}`);
  return text;
}

/** The families of the newest version of one document: a hover follows another in the same text. */
function createFamilyCache(): (document: vscode.TextDocument) => FamilyRange[] {
  let last: { uri: string; version: number; families: FamilyRange[] } | undefined;
  return (document) => {
    const uri = document.uri.toString();
    if (last?.uri !== uri || last.version !== document.version)
      last = { uri, version: document.version, families: familyRanges(document.getText()) };
    return last.families;
  };
}

/** Registers folding and hover. */
export function registerExpositionLanguage(): vscode.Disposable {
  const familiesOf = createFamilyCache();
  return vscode.Disposable.from(
    vscode.languages.registerFoldingRangeProvider(expositionLanguageId, {
      provideFoldingRanges: (document) =>
        familiesOf(document)
          .filter(({ from, to }) => to > from)
          .map(({ from, to }) => new vscode.FoldingRange(from, to)),
    }),
    vscode.languages.registerHoverProvider(expositionLanguageId, {
      provideHover: (document, position) => {
        const range = document.getWordRangeAtPosition(position, metricName);
        const family = familiesOf(document).find(({ from, to }) => from <= position.line && position.line <= to);
        if (!range || !family) return undefined;
        const word = document.getText(range);
        const isName = range.start.character === 0 ? word.startsWith(family.name) : word === family.name;
        return isName ? new vscode.Hover(hoverText(family), range) : undefined;
      },
    }),
  );
}

/** What a hover says about a word of a query. */
import type * as vscode from 'vscode';
import { seriesSelector } from '../../prometheus/promqlText';
import { functionDoc, keywordHelp, signatureText } from '../../promql/functions';
import { maxCountedSeries, metadataOfName, type NameLookup } from '../../promql/nameLookup';
import type { QueryWord } from '../../promql/queryWords';
import { codeMarkdown, helpMarkdown } from './promqlMarkdown';

/** Label values that a hover lists. */
const maxValues = 10;

/** A count of series, which the lookup stops counting at its limit; `suffix` follows an exact count. */
export function formatSeriesCount(count: number | undefined, suffix = ''): string | undefined {
  if (count === undefined) return undefined;
  if (count > maxCountedSeries) return `more than ${maxCountedSeries.toLocaleString('en')} series`;
  return `${count.toLocaleString('en')} series${suffix}`;
}

/** A signature, a keyword's help, a metric's metadata or a label's values; empty if nothing is known. */
export async function hoverContents(
  word: QueryWord,
  blockText: string,
  names: NameLookup,
): Promise<vscode.MarkdownString[]> {
  switch (word.kind) {
    case 'function':
    case 'aggregation':
      return functionContents(word.name);
    case 'keyword': {
      const help = keywordHelp[word.name.toLowerCase()];
      return help === undefined ? [] : [helpMarkdown(help)];
    }
    case 'metric':
      return metricContents(word, blockText, names);
    case 'label':
    case 'grouping':
      return labelContents(word, names);
  }
}

function functionContents(name: string): vscode.MarkdownString[] {
  const doc = functionDoc(name);
  return doc ? [codeMarkdown(signatureText(doc)), helpMarkdown(doc.help)] : [];
}

async function metricContents(
  { name, from, to, selectorTo }: QueryWord,
  blockText: string,
  names: NameLookup,
): Promise<vscode.MarkdownString[]> {
  const selector = blockText.slice(from, selectorTo ?? to);
  const [allMetadata, count] = await Promise.all([
    names.metadata(),
    // Variables have no value yet, so that the selector cannot be counted.
    names.seriesCount(selector.includes('$') ? seriesSelector(name) : selector),
  ]);
  const metadata = metadataOfName(allMetadata, name);
  const facts = [metadata?.type, metadata?.unit, formatSeriesCount(count, ' now')]
    .filter((fact) => fact !== undefined && fact !== '')
    .join(' · ');
  return [
    codeMarkdown(name),
    ...(facts === '' ? [] : [helpMarkdown(facts)]),
    ...(metadata?.help ? [helpMarkdown(metadata.help)] : []),
  ];
}

async function labelContents({ name, metric }: QueryWord, names: NameLookup): Promise<vscode.MarkdownString[]> {
  const values = await names.values(name, metric ? seriesSelector(metric) : undefined);
  if (values.length === 0) return [];
  const count = `${values.length.toLocaleString('en')} ${values.length === 1 ? 'value' : 'values'}`;
  const listed = values.slice(0, maxValues).join(', ');
  return [helpMarkdown(`Label with ${count}: ${listed}${values.length > maxValues ? ', …' : ''}`)];
}

/** `SkyRL: Explore Metrics`: what a Prometheus has, and a query to begin with. */
import * as vscode from 'vscode';
import { starterQueries } from '../../promql/starterQueries';
import { metadataOfName, maxCountedSeries } from '../../promql/nameLookup';
import type { PromqlNames } from './promqlNames';
import { insertQuery } from './scratchpadCommands';
import { escapeLabel } from '../../shared/escapeLabel';

/** Labels whose values are looked up for the list; more are named only. */
const maxLabelLookups = 20;

/** Engines' metrics first: what this window is about. */
const rank = (name: string): number => (/vllm/.test(name) ? 0 : /^ray_|^dynamo|^lmcache/.test(name) ? 1 : 2);

async function pickMetric({ names }: PromqlNames): Promise<string | undefined> {
  const loading = Promise.all([names.metrics(), names.metadata()]).then(([metrics, metadata]) =>
    [...metrics]
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map((name) => {
        const known = metadataOfName(metadata, name);
        return {
          label: escapeLabel(name),
          description: escapeLabel(known?.type ?? ''),
          detail: escapeLabel(known?.help ?? ''),
          name,
        };
      }),
  );
  const picked = await vscode.window.showQuickPick(loading, {
    placeHolder: 'A metric of the Prometheus in use',
    matchOnDetail: true,
  });
  return picked?.name;
}

/** Resolves to the scratchpad that holds the query; `metric` given, nothing is asked. */
export async function exploreMetrics(
  from: PromqlNames,
  options?: { metric?: string },
): Promise<vscode.Uri | undefined> {
  const metric = options?.metric ?? (await pickMetric(from));
  if (metric === undefined) return undefined;
  const { names } = from;
  const [metadata, labels] = await Promise.all([names.metadata(), names.labels(metric)]);
  const type = metadataOfName(metadata, metric)?.type ?? '';
  if (options?.metric !== undefined) return insertQuery(starterQueries(metric, type, [])[0]?.query ?? metric);
  const query = await pickQuery(from, metric, type, labels);
  return query === undefined ? undefined : insertQuery(query);
}

const formatValueCount = (values: readonly string[]): string =>
  `${values.length.toLocaleString('en')} ${values.length === 1 ? 'value' : 'values'}: ${escapeLabel(values.slice(0, 6).join(', '))}`;

async function pickQuery(
  { names }: PromqlNames,
  metric: string,
  type: string,
  labels: readonly string[],
): Promise<string | undefined> {
  const loading = async (): Promise<(vscode.QuickPickItem & { query?: string })[]> => {
    const own = labels.filter((label) => label !== '__name__').slice(0, maxLabelLookups);
    const values = await Promise.all(own.map((label) => names.values(label, metric)));
    // A label of one value parts nothing.
    const parting = labels.filter((label) => (values[own.indexOf(label)]?.length ?? 2) > 1);
    return [
      ...starterQueries(metric, type, parting).map(({ label, query }) => ({
        label: escapeLabel(label),
        description: escapeLabel(query),
        query,
      })),
      { label: 'Labels', kind: vscode.QuickPickItemKind.Separator },
      ...own.map((label, index) => ({
        label: escapeLabel(label),
        description: formatValueCount(values[index] ?? []),
        query: `count by (${label}) (${metric})`,
      })),
    ];
  };
  const [metadata, count] = await Promise.all([names.metadata(), names.seriesCount(metric)]);
  const known = metadataOfName(metadata, metric);
  const series =
    count === undefined
      ? ''
      : `${count > maxCountedSeries ? `more than ${maxCountedSeries.toLocaleString('en')}` : count.toLocaleString('en')} series`;
  const picked = await vscode.window.showQuickPick(loading(), {
    title: escapeLabel([metric, known?.type, series].filter(Boolean).join(' · ')),
    placeHolder: escapeLabel(known?.help || 'How to ask for it'),
  });
  return picked?.query;
}

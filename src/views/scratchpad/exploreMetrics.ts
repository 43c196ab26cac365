/** `SkyRL: Explore Metrics`: what a Prometheus has, and a query to begin with. */
import * as vscode from 'vscode';
import { startsOf } from '../../promql/starterQueries';
import { metadataOfName, mostCounted } from '../../promql/nameLookup';
import type { PromqlNames } from './promqlNames';
import { insertQuery } from './scratchpadCommands';
import { plainLabel } from '../../shared/escapeLabel';

/** Labels whose values are looked up for the list; more are named only. */
const mostLabels = 20;

/** Engines' metrics first: what this window is about. */
const rank = (name: string): number => (/vllm/.test(name) ? 0 : /^ray_|^dynamo|^lmcache/.test(name) ? 1 : 2);

async function pickMetric({ names }: PromqlNames): Promise<string | undefined> {
  const loading = Promise.all([names.metrics(), names.metadata()]).then(([metrics, metadata]) =>
    [...metrics]
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map((name) => {
        const known = metadataOfName(metadata, name);
        return {
          label: plainLabel(name),
          description: plainLabel(known?.type ?? ''),
          detail: plainLabel(known?.help ?? ''),
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
  if (options?.metric !== undefined) return insertQuery(startsOf(metric, type, [])[0]?.query ?? metric);
  const query = await pickStart(from, metric, type, labels);
  return query === undefined ? undefined : insertQuery(query);
}

const counted = (values: readonly string[]): string =>
  `${values.length.toLocaleString('en')} ${values.length === 1 ? 'value' : 'values'}: ${plainLabel(values.slice(0, 6).join(', '))}`;

async function pickStart(
  { names }: PromqlNames,
  metric: string,
  type: string,
  labels: readonly string[],
): Promise<string | undefined> {
  const loading = async (): Promise<(vscode.QuickPickItem & { query?: string })[]> => {
    const own = labels.filter((label) => label !== '__name__').slice(0, mostLabels);
    const values = await Promise.all(own.map((label) => names.values(label, metric)));
    // A label of one value parts nothing.
    const parting = labels.filter((label) => (values[own.indexOf(label)]?.length ?? 2) > 1);
    return [
      ...startsOf(metric, type, parting).map(({ label, query }) => ({
        label: plainLabel(label),
        description: plainLabel(query),
        query,
      })),
      { label: 'Labels', kind: vscode.QuickPickItemKind.Separator },
      ...own.map((label, index) => ({
        label: plainLabel(label),
        description: counted(values[index] ?? []),
        query: `count by (${label}) (${metric})`,
      })),
    ];
  };
  const [metadata, count] = await Promise.all([names.metadata(), names.seriesCount(metric)]);
  const known = metadataOfName(metadata, metric);
  const series =
    count === undefined
      ? ''
      : `${count > mostCounted ? `more than ${mostCounted.toLocaleString('en')}` : count.toLocaleString('en')} series`;
  const picked = await vscode.window.showQuickPick(loading(), {
    title: plainLabel([metric, known?.type, series].filter(Boolean).join(' · ')),
    placeHolder: plainLabel(known?.help || 'How to ask for it'),
  });
  return picked?.query;
}

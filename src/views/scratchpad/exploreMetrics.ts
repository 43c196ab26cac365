/** `SkyRL: Explore Metrics`: picks a metric of the Prometheus in use, and a query to start from. */
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import { labelName, seriesSelector } from '../../prometheus/promqlText';
import { metadataOfName } from '../../promql/nameLookup';
import { starterQueries } from '../../promql/starterQueries';
import { escapeLabel } from '../../shared/escapeLabel';
import { commandIds } from '../shared/ids';
import { formatSeriesCount } from './hoverContents';
import { insertQuery } from './newScratchpad';
import type { PromqlNames } from './promqlNames';

/** Labels whose values are looked up and listed. */
const maxLabelLookups = 20;

/** Values of a label that the list shows. */
const maxShownValues = 6;

/** Engines' metrics come first, then those of the same cluster. */
const rank = (name: string): number => (/vllm/.test(name) ? 0 : /^ray_|^dynamo|^lmcache/.test(name) ? 1 : 2);

type MetricItem = vscode.QuickPickItem & { name: string };
type QueryItem = vscode.QuickPickItem & { query?: string };

async function metricItems({ names }: PromqlNames): Promise<MetricItem[]> {
  const [metrics, metadata] = await Promise.all([names.metrics(), names.metadata()]);
  return [...metrics]
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((name) => {
      const { type = '', help = '' } = metadataOfName(metadata, name) ?? {};
      return { label: escapeLabel(name), description: escapeLabel(type), detail: escapeLabel(help), name };
    });
}

async function pickMetric(names: PromqlNames): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(metricItems(names), {
    placeHolder: 'Select a metric of the Prometheus in use',
    matchOnDetail: true,
  });
  return picked?.name;
}

/** Resolves to the scratchpad that the query was added to; given a metric, asks nothing. */
async function exploreMetrics(names: PromqlNames, options?: { metric?: string }): Promise<vscode.Uri | undefined> {
  const metric = options?.metric ?? (await pickMetric(names));
  if (metric === undefined) return undefined;
  const query =
    options?.metric === undefined ? await pickQuery(names, metric) : await firstQuery(names, options.metric);
  return query === undefined ? undefined : insertQuery(query);
}

async function typeOf({ names }: PromqlNames, metric: string): Promise<string> {
  return metadataOfName(await names.metadata(), metric)?.type ?? '';
}

async function firstQuery(names: PromqlNames, metric: string): Promise<string> {
  return starterQueries(metric, await typeOf(names, metric), [])[0]?.query ?? seriesSelector(metric);
}

/** Queries that fit the metric's type, then its labels with their values. */
async function queryItems(promqlNames: PromqlNames, metric: string): Promise<QueryItem[]> {
  const { names } = promqlNames;
  const [type, allLabels] = await Promise.all([typeOf(promqlNames, metric), names.labels(seriesSelector(metric))]);
  const labels = allLabels.filter((label) => label !== '__name__').slice(0, maxLabelLookups);
  const values = await Promise.all(labels.map((label) => names.values(label, seriesSelector(metric))));
  // Grouping by a label that has one value changes nothing.
  const groupLabels = allLabels.filter((label) => (values[labels.indexOf(label)]?.length ?? 2) > 1);
  return [
    ...starterQueries(metric, type, groupLabels).map(({ label, query }) => ({
      label: escapeLabel(label),
      description: escapeLabel(query),
      query,
    })),
    { label: 'Labels', kind: vscode.QuickPickItemKind.Separator },
    ...labels.map((label, index) => ({
      label: escapeLabel(label),
      description: formatValues(values[index] ?? []),
      query: `count by (${labelName(label)}) (${seriesSelector(metric)})`,
    })),
  ];
}

const formatValues = (values: readonly string[]): string => {
  const count = `${values.length.toLocaleString('en')} ${values.length === 1 ? 'value' : 'values'}`;
  return `${count}: ${escapeLabel(values.slice(0, maxShownValues).join(', '))}`;
};

async function pickQuery(promqlNames: PromqlNames, metric: string): Promise<string | undefined> {
  const { names } = promqlNames;
  const [allMetadata, count] = await Promise.all([names.metadata(), names.seriesCount(seriesSelector(metric))]);
  const metadata = metadataOfName(allMetadata, metric);
  const picked = await vscode.window.showQuickPick(queryItems(promqlNames, metric), {
    title: escapeLabel([metric, metadata?.type, formatSeriesCount(count)].filter(Boolean).join(' · ')),
    placeHolder: escapeLabel(metadata?.help || 'Select a query'),
  });
  return picked?.query;
}

/** Registers the command. */
export const registerExploreMetrics = (names: PromqlNames): vscode.Disposable =>
  registerCommandTable({
    [commandIds.exploreMetrics]: (options?: { metric?: string }) => exploreMetrics(names, options),
  });

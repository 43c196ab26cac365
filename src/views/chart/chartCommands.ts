/** The chart's commands. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import type { CatalogRow } from '../../metrics/catalog';
import { chartQueries } from '../../metrics/chartQueries';
import { reportersOf } from '../../metrics/spellPromql';
import { chartCsv } from '../../shared/chartCsv';
import type { DrawnReport } from '../../shared/protocol';
import { isViewOptions, shownSubjects, type ViewOptions } from '../../shared/viewOptions';
import { registerCommandTable } from '../shared/commandTable';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import { toUri, type UriLike } from '../shared/toUri';
import { writeLines } from '../shared/writeLines';
import type { ChartFeed } from './chartFeed';
import type { ChartLocation } from './chartLocation';
import type { OptionsChange } from './chartOptionsStore';
import type { ChartExportRequest, Charts } from './charts';
import { showError } from '../shared/messages';

/** What the commands work on. */
export interface ChartCommandDeps {
  charts: Charts;
  feed: ChartFeed;
  /** All rows that queries can be made of. */
  rows: () => readonly CatalogRow[];
  /** Computes what a chart has begun to show. */
  onDidChangeOptions: () => void;
}

type ChartFormat = 'csv' | 'png';

interface ChartExportOptions {
  format?: ChartFormat;
  uri?: UriLike;
}

/** A row of the metrics tree, or options with the same keys. */
interface ChartMetricOptions {
  measure?: string;
  /** `Engine.id`. */
  engine?: string;
}

const chartFormats: Record<ChartFormat, { label: string; extension: string }> = {
  csv: { label: 'Table of values (CSV)', extension: 'csv' },
  png: { label: 'Picture (PNG)', extension: 'png' },
};

/** Applies a caller's options if they fit; otherwise nothing changes. */
function toOptionsChange(given: Partial<ViewOptions> | undefined): OptionsChange {
  return (options) => {
    const changed = { ...options, ...given };
    return isViewOptions(changed) ? changed : {};
  };
}

/** Adds a metric; the metric of one engine also shows that engine's line or row. */
function addMetric({ measure, engine }: ChartMetricOptions): OptionsChange {
  return ({ measures, engines, muted, form }) => ({
    measures: measure === undefined || measures.includes(measure) ? measures : [...measures, measure],
    muted: muted.filter((key) => key !== measure),
    engines:
      engine === undefined || shownSubjects({ engines, form }) === 'each'
        ? engines
        : [...new Set([...(engines === 'aggregate' ? [] : engines), engine])],
  });
}

async function capturePicture({ page }: ChartLocation): Promise<Uint8Array> {
  if (!page) throw new Error('The chart is not open. Show it first.');
  return page.capturePicture();
}

/** The points of what a chart shows, as lines of CSV. */
function chartLines(chart: ChartLocation, feed: ChartFeed): Iterable<string> {
  const { measures } = chart.options;
  const engines = shownSubjects(chart.options);
  const range = chart.timeRange;
  const aggregates = feed.query({ measures, engines: 'aggregate', ...range }, []).series;
  const subjects = engines === 'aggregate' ? [] : feed.query({ measures, engines, ...range }, []).series;
  return chartCsv([...aggregates, ...subjects], feed.choices(false).rows);
}

async function exportChart(
  chart: ChartLocation,
  options: ChartExportOptions,
  feed: ChartFeed,
): Promise<vscode.Uri | undefined> {
  const format = options.format ?? (await pickFormat());
  if (!format) return undefined;
  if (!Object.hasOwn(chartFormats, format)) throw new Error('A chart is saved as csv or png.');
  const picture = format === 'png' ? await capturePicture(chart) : undefined;
  const file = options.uri === undefined ? await pickFile(format) : toUri(options.uri);
  if (!file) return undefined;
  if (picture) await vscode.workspace.fs.writeFile(file, picture);
  else await writeLines(file, chartLines(chart, feed));
  return file;
}

async function pickFormat(): Promise<ChartFormat | undefined> {
  const items = (Object.keys(chartFormats) as ChartFormat[]).map((format) => ({
    label: chartFormats[format].label,
    format,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Select what to save of the chart' }))?.format;
}

function pickFile(format: ChartFormat): Thenable<vscode.Uri | undefined> {
  const { label, extension } = chartFormats[format];
  const name = `skyrl-metrics-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${extension}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    filters: { [label]: [extension] },
    title: 'Save Chart',
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}

/** Copies the PromQL of what a chart shows; resolves to the text. */
async function copyQueries({ options }: ChartLocation, { feed, rows }: ChartCommandDeps): Promise<string> {
  const engines = feed.choices(false).engines.filter(({ nonEngine }) => !nonEngine);
  const text = chartQueries(options.measures, options.distributions, {
    byEngine: shownSubjects(options) !== 'aggregate',
    reporters: reportersOf(engines),
    rows: rows(),
  });
  await vscode.env.clipboard.writeText(text);
  return text;
}

/** Does what a person at a page asked for, and shows what goes wrong. */
async function handleExportRequest({ chart, what }: ChartExportRequest, deps: ChartCommandDeps): Promise<void> {
  try {
    if (what === 'promql') {
      await copyQueries(chart, deps);
      vscode.window.setStatusBarMessage('Copied the chart’s PromQL', 3000);
    } else await exportChart(chart, { format: what }, deps.feed);
  } catch (error) {
    void showError(`The chart could not be saved: ${errorText(error)}`);
  }
}

/** Registers the commands, and answers the buttons of the pages. */
export function registerChartCommands(deps: ChartCommandDeps): vscode.Disposable {
  const { charts, feed, onDidChangeOptions } = deps;
  return vscode.Disposable.from(
    registerCommandTable({
      [commandIds.openChart]: (options?: Partial<ViewOptions>): Promise<DrawnReport | undefined> =>
        charts.open(toOptionsChange(options)).finally(onDidChangeOptions),
      [commandIds.chartMetric]: async (options?: ChartMetricOptions): Promise<ViewOptions> =>
        (await charts.show(addMetric(options ?? {})).finally(onDidChangeOptions)).options,
      [commandIds.exportChart]: (options?: ChartExportOptions) => exportChart(charts.activeChart, options ?? {}, feed),
      [commandIds.copyChartPromql]: () => copyQueries(charts.activeChart, deps),
    }),
    charts.onDidRequestExport((request) => void handleExportRequest(request, deps)),
  );
}

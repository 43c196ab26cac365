/** The chart's commands. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { chartQueries } from '../../metrics/chartQueries';
import { chartCsv } from '../../shared/chartCsv';
import type { DrawnReport } from '../../shared/protocol';
import { isViewOptions, type ViewOptions } from '../../shared/viewOptions';
import { commandIds } from '../shared/ids';
import { onDidChangeSettings } from '../shared/settings';
import type { Charts, Place } from './charts';
import { nearestRangeMinutes, type OptionsChange } from './chartOptionsStore';
import type { ChartFeed } from './chartFeed';

export interface ChartCommandDeps {
  charts: Charts;
  feed: ChartFeed;
  /** Of the settings. */
  defaultMinutes: () => number;
}

type ChartFormat = 'csv' | 'png';

interface ChartExportOptions {
  format?: ChartFormat;
  uri?: vscode.Uri | string;
}

/** A row of the metrics tree, or who calls the command with the same words. */
interface ChartMetricOptions {
  measure?: string;
  /** `Engine.id`. */
  engine?: string;
}

const chartFormats: Record<ChartFormat, { label: string; extension: string }> = {
  csv: { label: 'Table of values (CSV)', extension: 'csv' },
  png: { label: 'Picture (PNG)', extension: 'png' },
};

/** Takes what fits of another's options. */
function toOptionsChange(given: Partial<ViewOptions> | undefined): OptionsChange {
  return (options) => {
    const changed = { ...options, ...given };
    return isViewOptions(changed) ? changed : {};
  };
}

/** Adds a metric; where it is one engine's, the engines are drawn each by itself. */
function addMetric({ measure, engine }: ChartMetricOptions): OptionsChange {
  return ({ measures, engines, muted }) => ({
    measures: measure === undefined || measures.includes(measure) ? measures : [...measures, measure],
    muted: muted.filter((key) => key !== measure),
    engines:
      engine === undefined || engines === 'each'
        ? engines
        : [...new Set([...(engines === 'aggregate' ? [] : engines), engine])],
  });
}

async function renderChart(place: Place, format: ChartFormat, feed: ChartFeed): Promise<Uint8Array> {
  if (format === 'png') {
    if (!place.page) throw new Error('The chart is not open: show it first.');
    return place.page.capturePicture();
  }
  const { measures, engines } = place.options;
  const range = place.timeRange;
  const all = feed.query({ measures, engines: 'aggregate', ...range }, []).series;
  const single = engines === 'aggregate' ? [] : feed.query({ measures, engines, ...range }, []).series;
  return Buffer.from(chartCsv([...all, ...single], feed.choices(false).rows));
}

async function exportChart(
  place: Place,
  { format, uri }: ChartExportOptions,
  feed: ChartFeed,
): Promise<vscode.Uri | undefined> {
  const chosen = format ?? (await pickFormat());
  if (!chosen) return undefined;
  const content = await renderChart(place, chosen, feed);
  const target = uri === undefined ? await pickFile(chosen) : typeof uri === 'string' ? vscode.Uri.parse(uri) : uri;
  if (!target) return undefined;
  await vscode.workspace.fs.writeFile(target, content);
  return target;
}

async function pickFormat(): Promise<ChartFormat | undefined> {
  const items = (Object.keys(chartFormats) as ChartFormat[]).map((format) => ({
    label: chartFormats[format].label,
    format,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'What to save of the chart' }))?.format;
}

function pickFile(format: ChartFormat): Thenable<vscode.Uri | undefined> {
  const { label, extension } = chartFormats[format];
  const name = `skyrl-metrics-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${extension}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    filters: { [label]: [extension] },
    title: 'Save the chart',
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}

async function copyQueries({ options }: Place): Promise<string> {
  const text = chartQueries(options.measures, options.distributions, options.engines !== 'aggregate');
  await vscode.env.clipboard.writeText(text);
  return text;
}

/** Registers the chart's commands, and does what a person at a page asks for. */
export function registerChartCommands({ charts, feed, defaultMinutes }: ChartCommandDeps): vscode.Disposable[] {
  const show = async (row: ChartMetricOptions | undefined): Promise<ViewOptions> =>
    (await charts.show(addMetric(row ?? {}))).options;
  const open = (given?: Partial<ViewOptions>): Promise<DrawnReport | undefined> => charts.open(toOptionsChange(given));
  const take = async (place: Place, what: ChartFormat | 'promql'): Promise<void> => {
    try {
      if (what === 'promql') {
        await copyQueries(place);
        vscode.window.setStatusBarMessage('PromQL of the chart copied', 3000);
      } else await exportChart(place, { format: what }, feed);
    } catch (error) {
      void vscode.window.showErrorMessage(
        `The chart could not be saved: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  let window = defaultMinutes();
  return [
    vscode.commands.registerCommand(commandIds.openChart, open),
    vscode.commands.registerCommand(commandIds.chartMetric, show),
    vscode.commands.registerCommand(commandIds.exportChart, (options?: ChartExportOptions) =>
      exportChart(charts.activeChart, options ?? {}, feed),
    ),
    vscode.commands.registerCommand(commandIds.copyChartPromql, () => copyQueries(charts.activeChart)),
    charts.onDidRequestExport(({ place, what }) => void take(place, what)),
    onDidChangeSettings(() => {
      if (defaultMinutes() === window) return;
      window = defaultMinutes();
      void charts.changeAll({ minutes: nearestRangeMinutes(window) });
    }),
  ];
}

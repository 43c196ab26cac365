/** The chart's commands. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { chartQueries } from '../../metrics/chartQueries';
import { chartCsv } from '../../shared/chartCsv';
import type { DrawnReport } from '../../shared/protocol';
import { isViewOptions, type ViewOptions } from '../../shared/viewOptions';
import { commands } from '../shared/ids';
import { onDidChangeSettings } from '../shared/settings';
import type { Charts, Place } from './charts';
import { windowOf, type Change } from './chartOptionsStore';
import type { ChartFeed } from './chartFeed';

export interface ChartCommandDeps {
  charts: Charts;
  feed: ChartFeed;
  /** Of the settings. */
  minutes: () => number;
}

type Format = 'csv' | 'png';

interface ExportOptions {
  format?: Format;
  uri?: vscode.Uri | string;
}

/** A row of the metrics tree, or who calls the command with the same words. */
interface MetricOfRow {
  measure?: string;
  /** `Engine.id`. */
  engine?: string;
}

const formats: Record<Format, { label: string; extension: string }> = {
  csv: { label: 'Table of values (CSV)', extension: 'csv' },
  png: { label: 'Picture (PNG)', extension: 'png' },
};

/** Takes what fits of another's options. */
function changeOf(given: Partial<ViewOptions> | undefined): Change {
  return (options) => {
    const changed = { ...options, ...given };
    return isViewOptions(changed) ? changed : {};
  };
}

/** Adds a metric; where it is one engine's, the engines are drawn each by itself. */
function withMetric({ measure, engine }: MetricOfRow): Change {
  return ({ measures, engines, muted }) => ({
    measures: measure === undefined || measures.includes(measure) ? measures : [...measures, measure],
    muted: muted.filter((key) => key !== measure),
    engines:
      engine === undefined || engines === 'each'
        ? engines
        : [...new Set([...(engines === 'aggregate' ? [] : engines), engine])],
  });
}

async function contentOf(place: Place, format: Format, feed: ChartFeed): Promise<Uint8Array> {
  if (format === 'png') {
    if (!place.page) throw new Error('The chart is not open: show it first.');
    return place.page.picture();
  }
  const { measures, engines } = place.options;
  const range = place.shown;
  const all = feed.query({ measures, engines: 'aggregate', ...range }, []).series;
  const single = engines === 'aggregate' ? [] : feed.query({ measures, engines, ...range }, []).series;
  return Buffer.from(chartCsv([...all, ...single], feed.choices(false).rows));
}

async function exportChart(
  place: Place,
  { format, uri }: ExportOptions,
  feed: ChartFeed,
): Promise<vscode.Uri | undefined> {
  const chosen = format ?? (await pickFormat());
  if (!chosen) return undefined;
  const content = await contentOf(place, chosen, feed);
  const target = uri === undefined ? await askWhere(chosen) : typeof uri === 'string' ? vscode.Uri.parse(uri) : uri;
  if (!target) return undefined;
  await vscode.workspace.fs.writeFile(target, content);
  return target;
}

async function pickFormat(): Promise<Format | undefined> {
  const items = (Object.keys(formats) as Format[]).map((format) => ({ label: formats[format].label, format }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'What to save of the chart' }))?.format;
}

function askWhere(format: Format): Thenable<vscode.Uri | undefined> {
  const { label, extension } = formats[format];
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
export function registerChartCommands({ charts, feed, minutes }: ChartCommandDeps): vscode.Disposable[] {
  const show = async (row: MetricOfRow | undefined): Promise<ViewOptions> =>
    (await charts.show(withMetric(row ?? {}))).options;
  const open = (given?: Partial<ViewOptions>): Promise<DrawnReport | undefined> => charts.open(changeOf(given));
  const take = async (place: Place, what: Format | 'promql'): Promise<void> => {
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
  let window = minutes();
  return [
    vscode.commands.registerCommand(commands.openChart, open),
    vscode.commands.registerCommand(commands.chartMetric, show),
    vscode.commands.registerCommand(commands.exportChart, (options?: ExportOptions) =>
      exportChart(charts.current, options ?? {}, feed),
    ),
    vscode.commands.registerCommand(commands.copyChartPromql, () => copyQueries(charts.current)),
    charts.onDidTake(({ place, what }) => void take(place, what)),
    onDidChangeSettings(() => {
      if (minutes() === window) return;
      window = minutes();
      void charts.changeAll({ minutes: windowOf(window) });
    }),
  ];
}

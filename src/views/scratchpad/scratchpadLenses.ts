/** The code lenses of a scratchpad: server, time and range on the first line, and actions on each block. */
import * as vscode from 'vscode';
import { blocksOf, type QueryBlock } from '../../promql/queryBlocks';
import { timeText } from '../../promql/result';
import { escapeLabel } from '../../shared/escapeLabel';
import { formatDuration } from '../../shared/format';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { commandIds, type CommandId } from '../shared/ids';
import { promqlLanguageId } from './promqlLanguageId';
import type { RunningQuery, Scratchpads } from './scratchpads';

interface LensCommand {
  title: string;
  tooltip: string;
  command: CommandId;
  argument?: object;
}

/** Provides the lenses, anew when a query starts or ends. */
export class ScratchpadLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly pads: Scratchpads,
    private readonly prometheus: PrometheusConnection,
  ) {
    this.subscriptions = [
      this.changed,
      pads.onDidChange(() => this.changed.fire()),
      prometheus.onDidChange(() => this.changed.fire()),
      vscode.languages.registerCodeLensProvider(promqlLanguageId, this),
    ];
  }

  /** For VS Code. */
  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const running = this.pads.runningQuery(document.uri);
    return [
      ...this.headLenses(document.uri),
      ...blocksOf(document.getText()).flatMap((block) => blockLenses(document.uri, block, running)),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private headLenses(uri: vscode.Uri): vscode.CodeLens[] {
    const { at, rangeMs, stepMs } = this.pads.timingOf(uri);
    const server = this.prometheus.clientIfAny;
    const step = stepMs === undefined ? 'automatic step' : `step ${formatDuration(stepMs)}`;
    return [
      lens(0, {
        title: server
          ? `$(server) ${escapeLabel(server.base.replace(/^https?:\/\//, ''))}`
          : '$(warning) No Prometheus: select one',
        tooltip: 'The Prometheus that queries are sent to',
        command: commandIds.selectPrometheus,
      }),
      lens(0, {
        title: `$(clock) ${at === undefined ? 'now' : timeText(at)}`,
        tooltip: 'The time at which queries are evaluated',
        command: commandIds.setQueryTime,
        argument: { uri },
      }),
      lens(0, {
        title: `$(graph-line) ${formatDuration(rangeMs)}, ${step}`,
        tooltip: 'Range and step of plots',
        command: commandIds.setQueryRange,
        argument: { uri },
      }),
    ];
  }
}

function blockLenses(
  uri: vscode.Uri,
  { startLine, queryLine }: QueryBlock,
  running: RunningQuery | undefined,
): vscode.CodeLens[] {
  if (running?.line === startLine) return runningLenses(uri, running);
  const argument = { uri, line: queryLine };
  return [
    lens(startLine, {
      title: '$(play) Run',
      tooltip: 'Evaluate the query at the time on the first line',
      command: commandIds.runQuery,
      argument,
    }),
    lens(startLine, {
      title: '$(graph-line) Plot',
      tooltip: 'Evaluate the query over the range on the first line',
      command: commandIds.plotQuery,
      argument,
    }),
    lens(startLine, {
      title: 'Copy as curl',
      tooltip: 'Copy a command line that sends the query; it names a token, but does not contain it',
      command: commandIds.copyCurl,
      argument,
    }),
    lens(startLine, {
      title: 'Open in Prometheus',
      tooltip: 'Open the query on the server’s own page',
      command: commandIds.openInPrometheus,
      argument,
    }),
  ];
}

function runningLenses(uri: vscode.Uri, { mode, line }: RunningQuery): vscode.CodeLens[] {
  const progress = { title: `$(sync~spin) ${mode === 'plot' ? 'Plotting' : 'Running'}…`, command: '' };
  return [
    new vscode.CodeLens(new vscode.Range(line, 0, line, 0), progress),
    lens(line, {
      title: '$(debug-stop) Cancel',
      tooltip: 'Cancel the query here and on the server',
      command: commandIds.cancelQuery,
      argument: { uri },
    }),
  ];
}

function lens(line: number, { title, tooltip, command, argument }: LensCommand): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    title,
    command,
    tooltip,
    ...(argument && { arguments: [argument] }),
  });
}

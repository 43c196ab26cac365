/** The lenses of a scratchpad: the server, the moment and the range at its head, and what can be done with each block. */
import * as vscode from 'vscode';
import { blocksOf, type QueryBlock } from '../../promql/queryBlocks';
import { timeText } from '../../promql/result';
import { formatDuration } from '../../shared/format';
import { commandIds } from '../shared/ids';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import type { RunningQuery, Scratchpads } from './scratchpads';
import { promqlLanguageId } from './scratchpads';
import { escapeLabel } from '../../shared/escapeLabel';

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

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const running = this.pads.runningQuery(document.uri);
    return [
      ...this.head(document.uri),
      ...blocksOf(document.getText()).flatMap((block) => this.ofBlock(document.uri, block, running)),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private head(uri: vscode.Uri): vscode.CodeLens[] {
    const { at, rangeMs, stepMs } = this.pads.timingOf(uri);
    const server = this.prometheus.clientIfAny;
    const step = stepMs === undefined ? 'step by the range' : `step ${formatDuration(stepMs)}`;
    return [
      lens(
        0,
        server
          ? `$(server) ${escapeLabel(server.base.replace(/^https?:\/\//, ''))}`
          : '$(warning) No Prometheus: choose one',
        commandIds.selectPrometheus,
        'The server that is asked',
      ),
      lens(
        0,
        `$(clock) ${at === undefined ? 'now' : timeText(at)}`,
        commandIds.setQueryTime,
        'The moment that queries are evaluated at',
        { uri },
      ),
      lens(
        0,
        `$(graph-line) ${formatDuration(rangeMs)}, ${step}`,
        commandIds.setQueryRange,
        'Range and step of plots',
        {
          uri,
        },
      ),
    ];
  }

  private ofBlock(
    uri: vscode.Uri,
    { startLine, queryLine }: QueryBlock,
    running: RunningQuery | undefined,
  ): vscode.CodeLens[] {
    const at = { uri, line: queryLine };
    if (running?.line === startLine) {
      return [
        lens(startLine, `$(sync~spin) ${running.mode === 'plot' ? 'Plotting' : 'Running'} …`, '', ''),
        lens(startLine, '$(debug-stop) Cancel', commandIds.cancelQuery, 'Cancels it here and on the server', { uri }),
      ];
    }
    return [
      lens(startLine, '$(play) Run', commandIds.runQuery, 'Its value at the moment on the first line', at),
      lens(startLine, '$(graph-line) Plot', commandIds.plotQuery, 'Its values over the range on the first line', at),
      lens(
        startLine,
        'Copy as curl',
        commandIds.copyCurl,
        'A command line that asks the same; a token is named, not written out',
        at,
      ),
      lens(startLine, 'Open in Prometheus', commandIds.openInPrometheus, 'The server’s own page', at),
    ];
  }
}

function lens(line: number, title: string, command: string, tooltip: string, argument?: object): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    title,
    command,
    tooltip,
    ...(argument && { arguments: [argument] }),
  });
}

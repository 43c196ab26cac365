/** The lenses of a scratchpad: the server, the moment and the range at its head, and what can be done with each block. */
import * as vscode from 'vscode';
import { blocksOf, type Block } from '../../promql/queryBlocks';
import { timeText } from '../../promql/result';
import { formatDuration } from '../../shared/format';
import { commands } from '../shared/ids';
import type { Prometheus } from '../connection/prometheusConnection';
import type { Running, Scratchpads } from './scratchpads';
import { promqlId } from './scratchpads';
import { plainLabel } from '../../shared/escapeLabel';

export class ScratchpadLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly pads: Scratchpads,
    private readonly prometheus: Prometheus,
  ) {
    this.subscriptions = [
      this.changed,
      pads.onDidChange(() => this.changed.fire()),
      prometheus.onDidChange(() => this.changed.fire()),
      vscode.languages.registerCodeLensProvider(promqlId, this),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const running = this.pads.runningIn(document.uri);
    return [
      ...this.head(document.uri),
      ...blocksOf(document.getText()).flatMap((block) => this.ofBlock(document.uri, block, running)),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private head(uri: vscode.Uri): vscode.CodeLens[] {
    const { at, rangeMs, stepMs } = this.pads.timing(uri);
    const server = this.prometheus.clientIfAny;
    const step = stepMs === undefined ? 'step by the range' : `step ${formatDuration(stepMs)}`;
    return [
      lens(
        0,
        server
          ? `$(server) ${plainLabel(server.base.replace(/^https?:\/\//, ''))}`
          : '$(warning) No Prometheus: choose one',
        commands.selectPrometheus,
        'The server that is asked',
      ),
      lens(
        0,
        `$(clock) ${at === undefined ? 'now' : timeText(at)}`,
        commands.setQueryTime,
        'The moment that queries are evaluated at',
        { uri },
      ),
      lens(0, `$(graph-line) ${formatDuration(rangeMs)}, ${step}`, commands.setQueryRange, 'Range and step of plots', {
        uri,
      }),
    ];
  }

  private ofBlock(uri: vscode.Uri, { startLine, queryLine }: Block, running: Running | undefined): vscode.CodeLens[] {
    const at = { uri, line: queryLine };
    if (running?.line === startLine) {
      return [
        lens(startLine, `$(sync~spin) ${running.mode === 'plot' ? 'Plotting' : 'Running'} …`, '', ''),
        lens(startLine, '$(debug-stop) Cancel', commands.cancelQuery, 'Cancels it here and on the server', { uri }),
      ];
    }
    return [
      lens(startLine, '$(play) Run', commands.runQuery, 'Its value at the moment on the first line', at),
      lens(startLine, '$(graph-line) Plot', commands.plotQuery, 'Its values over the range on the first line', at),
      lens(
        startLine,
        'Copy as curl',
        commands.copyCurl,
        'A command line that asks the same; a token is named, not written out',
        at,
      ),
      lens(startLine, 'Open in Prometheus', commands.openInPrometheus, 'The server’s own page', at),
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

/** The row of the metrics tree that offers the first comparison after a config change. */
import * as vscode from 'vscode';
import type { ComparisonOffer } from '../../comparison/offer';
import type { RunLibrary } from '../../runs/run';
import { fewestRuns } from '../../shared/comparison';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import type { TreeRow, TreeSection } from '../shared/treeRow';

/** The newest runs whose comparison was opened, so that it is not offered again. */
const openedKey = 'skyrl.openedComparisons';
const mostOpened = 100;

/** What the section needs. */
export interface OfferSectionDeps {
  library: RunLibrary;
  /** Fires when the list of runs may have changed. */
  onDidChangeRuns: vscode.Event<void>;
  memento: vscode.Memento;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

const offerRow = ({ runs, label, description }: ComparisonOffer): TreeRow => ({
  id: `comparison-offer/${runs.join('/')}`,
  label,
  description,
  tooltip: [
    `${label}: ${description}.`,
    'Compares the newer run with the last one before it. It is offered until you open it.',
  ],
  icon: { name: 'diff' },
  context: 'comparison-offer',
  command: { command: commandIds.compareRuns, title: 'Compare Runs' },
  commandOptions: { runs },
  children: [],
});

/** Looks for an offer when another rollout of the newest run has ended. */
export class OfferSection implements TreeSection, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: vscode.Disposable;
  private offer: ComparisonOffer | undefined;
  private lookedAt = '';
  private isLooking = false;
  readonly onDidChange = this.changed.event;

  constructor(private readonly deps: OfferSectionDeps) {
    this.subscription = deps.onDidChangeRuns(() => void this.look());
  }

  rows(): TreeRow[] {
    return this.offer ? [offerRow(this.offer)] : [];
  }

  /** Offers the comparison with this run no more. */
  async setOpened(runs: readonly string[]): Promise<void> {
    const opened = [...this.opened.filter((id) => !runs.includes(id)), ...runs];
    await this.deps.memento.update(openedKey, opened.slice(-mostOpened));
    if (!this.offer || !runs.includes(this.offer.runs[1])) return;
    this.offer = undefined;
    this.changed.fire();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private get opened(): readonly string[] {
    return this.deps.memento.get<string[]>(openedKey, []);
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const { library, log } = this.deps;
    try {
      const runs = await library.listRuns();
      if (runs.length < fewestRuns && !this.offer) return;
      const { findOffer, offerCandidates } = await import('../../comparison/offer');
      const candidates = offerCandidates(runs);
      const key = JSON.stringify(candidates.map(({ id, rollouts, steps }) => [id, rollouts, steps]));
      if (key === this.lookedAt) return;
      this.lookedAt = key;
      this.offer = await findOffer(candidates, {
        library,
        opened: this.opened,
        warn: (message) => log.warn(`comparison: ${message}`),
      });
      this.changed.fire();
    } catch (error) {
      log.warn(`comparison: no offer: ${errorText(error)}`);
    } finally {
      this.isLooking = false;
    }
  }
}

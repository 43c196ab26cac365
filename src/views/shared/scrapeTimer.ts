/** The timer: whether it runs in this workspace, and how often it scrapes. */
import * as vscode from 'vscode';
import { createSchedule, type Schedule } from '../../collector/schedule';
import type { Clock } from '../../shared/clock';
import { readSettings } from './settings';

const storageKey = 'skyrl.timer';

/**
 * How often it scrapes while neither a SkyRL view nor the VS Code window is looked at; a new Ray session is noticed
 * within it.
 */
export const backgroundIntervalMs = 60_000;

/** A person's choice for this workspace. `anyway`: also on a Ray that hands each gauge to one reader. */
export type TimerChoice = 'auto' | 'stopped' | 'anyway';

/** `on command`: the interval of the settings is 0. */
export type TimerState = 'running' | 'stopped' | 'on command';

/** What the timer runs, and when it may. */
export interface ScrapeTimerOptions {
  clock: Clock;
  memento: vscode.Memento;
  scrape: () => Promise<void>;
  /** Whether the timer may scrape now; read before every wait. */
  isAllowed: () => boolean;
  /** A longer interval while nothing is found, in ms. */
  backoffIntervalMs: (intervalMs: number) => number;
  onError: (error: unknown) => void;
}

/** Runs scrapes one after the other at the interval of the settings. */
export class ScrapeTimer implements vscode.Disposable {
  private readonly schedule: Schedule;
  private isViewVisible = false;

  constructor(private readonly options: ScrapeTimerOptions) {
    const { clock, scrape, onError } = options;
    this.schedule = createSchedule({
      clock,
      task: scrape,
      nextIntervalMs: () => this.nextIntervalMs(),
      onError,
    });
  }

  get state(): TimerState {
    if (this.choice === 'stopped') return 'stopped';
    return readSettings().intervalMs === 0 ? 'on command' : 'running';
  }

  /** Whether a person asked to scrape on the timer although that takes gauges from SkyRL's own log. */
  get ignoreHold(): boolean {
    return this.choice === 'anyway';
  }

  /** Remembers the choice; `update` applies it. */
  async choose(choice: TimerChoice): Promise<void> {
    await this.options.memento.update(storageKey, choice);
  }

  /** Whether any SkyRL view is visible. */
  setVisible(visible: boolean): void {
    if (visible === this.isViewVisible) return;
    this.isViewVisible = visible;
    this.update();
  }

  /** Waits anew: the interval may have changed, or whether the timer may scrape. */
  update(): void {
    this.schedule.update();
  }

  dispose(): void {
    this.schedule.dispose();
  }

  private get choice(): TimerChoice {
    return this.options.memento.get<TimerChoice>(storageKey) ?? 'auto';
  }

  private nextIntervalMs(): number | undefined {
    const { intervalMs } = readSettings();
    if (intervalMs === 0 || this.choice === 'stopped' || !this.options.isAllowed()) return undefined;
    const isWatched = this.isViewVisible || vscode.window.state.focused;
    return this.options.backoffIntervalMs(isWatched ? intervalMs : Math.max(intervalMs, backgroundIntervalMs));
  }
}

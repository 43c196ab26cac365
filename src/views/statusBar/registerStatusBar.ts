/** Registers the status bar item. */
import type { Disposable } from 'vscode';
import type { RunWatcher } from '../shared/runWatcher';
import { StatusBarItem } from './statusBarItem';

/** The item is visible while the watcher has anything to show. */
export const registerStatusBar = (runWatcher: RunWatcher): Disposable => new StatusBarItem(runWatcher);

/**
 * The commands that set when queries are evaluated, and range and step of plots. Given an options object they ask
 * nothing.
 */
import * as vscode from 'vscode';
import { durationMs, durationText } from '../../prometheus/duration';
import { timeText } from '../../promql/result';
import { maxSteps } from '../../promql/timing';
import { registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import { toUri, type UriLike } from '../shared/toUri';
import type { Scratchpads } from './scratchpads';

/** What the commands work on. */
export interface QueryTimeDeps {
  pads: Scratchpads;
  /** Unix ms. */
  now: () => number;
}

interface QueryTimeOptions {
  /** The pad; absent, the active editor's. */
  uri?: UriLike;
  /** Unix ms; null is now. */
  at?: number | null;
}

interface QueryRangeOptions {
  /** The pad; absent, the active editor's. */
  uri?: UriLike;
  rangeMs?: number;
  /** Absent: chosen for the range. */
  stepMs?: number;
}

const rangeChoices = ['5m', '15m', '30m', '1h', '6h', '24h', '7d'];
const stepChoices = ['1s', '5s', '10s', '15s', '30s', '1m', '5m', '15m', '1h'];
const minutesAgoChoices = [5, 15, 60, 360];

const activePadUri = (uri?: UriLike): vscode.Uri | undefined =>
  uri === undefined ? vscode.window.activeTextEditor?.document.uri : toUri(uri);

/**
 * Parses local time, ISO 8601 or Unix seconds to Unix ms; a time of day alone is today's. Undefined if it is none of
 * them.
 */
function parseTime(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  const isTimeOfDay = /^\d{1,2}:\d{2}(:\d{2})?$/.test(trimmed);
  const dateTime = isTimeOfDay ? `${timeText(now).slice(0, 10)} ${trimmed.padStart(5, '0')}` : trimmed;
  const at = /^\d{9,11}(\.\d+)?$/.test(trimmed) ? Number(trimmed) * 1000 : Date.parse(dateTime);
  return Number.isNaN(at) ? undefined : at;
}

async function setQueryTime({ pads, now }: QueryTimeDeps, options?: QueryTimeOptions): Promise<void> {
  const uri = activePadUri(options?.uri);
  if (!uri) return;
  const timing = pads.timingOf(uri);
  const choice = options?.at === undefined ? await pickTime(timing.at, now) : { at: options.at ?? undefined };
  if (choice) pads.setTiming(uri, { ...timing, at: choice.at });
}

/** `at` undefined is now. */
async function pickTime(
  current: number | undefined,
  now: () => number,
): Promise<{ at: number | undefined } | undefined> {
  const timeAgo = (minutes: number): { label: string; at: number } => ({
    label: `${minutes < 60 ? `${minutes} min` : `${minutes / 60} h`} ago`,
    at: now() - minutes * 60_000,
  });
  const items: { label: string; at: number | undefined; isOther?: true }[] = [
    { label: 'Now', at: undefined },
    ...minutesAgoChoices.map(timeAgo),
    { label: 'Another time…', at: undefined, isOther: true },
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Select when queries are evaluated' });
  if (!picked?.isOther) return picked;
  const text = await vscode.window.showInputBox({
    prompt: 'Local time such as 14:30 or 2026-11-25 14:30, ISO 8601, or Unix seconds',
    value: timeText(current ?? now()),
    validateInput: (value) => (parseTime(value, now()) === undefined ? 'This is not a time.' : undefined),
  });
  return text === undefined ? undefined : { at: parseTime(text, now()) };
}

async function setQueryRange({ pads }: QueryTimeDeps, options?: QueryRangeOptions): Promise<void> {
  const uri = activePadUri(options?.uri);
  if (!uri) return;
  const timing = pads.timingOf(uri);
  if (options?.rangeMs !== undefined) {
    pads.setTiming(uri, { ...timing, rangeMs: options.rangeMs, stepMs: options.stepMs });
    return;
  }
  const rangeMs = await pickRangeMs(timing.rangeMs);
  const step = rangeMs === undefined ? undefined : await pickStep(rangeMs);
  if (rangeMs !== undefined && step) pads.setTiming(uri, { ...timing, rangeMs, stepMs: step.ms });
}

/** `ms` undefined: chosen for the range. Only steps that the server accepts are offered. */
async function pickStep(rangeMs: number): Promise<{ ms: number | undefined } | undefined> {
  const automatic = 'Automatic';
  const fitting = stepChoices.filter((text) => {
    const stepMs = durationMs(text) ?? 1;
    return rangeMs / stepMs <= maxSteps && stepMs <= rangeMs;
  });
  const picked = await vscode.window.showQuickPick([automatic, ...fitting], {
    placeHolder: 'Select the step of plots',
  });
  return picked === undefined ? undefined : { ms: durationMs(picked) };
}

async function pickRangeMs(currentMs: number): Promise<number | undefined> {
  const other = 'Another…';
  const picked = await vscode.window.showQuickPick([...rangeChoices, other], {
    placeHolder: 'Select the range of plots',
  });
  const text =
    picked === other
      ? await vscode.window.showInputBox({
          prompt: 'A duration such as 45m, 3h or 2d',
          value: durationText(currentMs),
          validateInput: (value) => (durationMs(value.trim()) ? undefined : 'This is not a duration.'),
        })
      : picked;
  return text === undefined ? undefined : durationMs(text.trim());
}

/** Registers the commands. */
export function registerQueryTimeCommands(deps: QueryTimeDeps): vscode.Disposable {
  return registerCommandTable({
    [commandIds.setQueryTime]: (options?: QueryTimeOptions) => setQueryTime(deps, options),
    [commandIds.setQueryRange]: (options?: QueryRangeOptions) => setQueryRange(deps, options),
  });
}

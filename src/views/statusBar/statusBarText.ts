/** The numbers of the status bar. */
import type { Finding, Snapshot } from '../../api';
import { groupFindings, isFindingGroup } from '../../diagnosis/findingGroups';
import { enginesNotReporting } from '../../diagnosis/notReporting';
import { catalogRow } from '../../metrics/catalog/index';
import { isLiving } from '../../metrics/engineState';
import { formatDuration, formatValue } from '../../shared/format';
import { oldAfterMs } from '../shared/oldAfterMs';

/** As wide as a digit, so that the item does not change its width. */
const figureSpace = '\u2007';

const pad = (text: string, width: number): string => text.padStart(width, figureSpace);

/**
 * `KV 91% · 118 running · 3/4`: KV usage of the fullest engine, requests running, living engines of those that the
 * config asks for (`expected`, undefined if unknown); then `3 of 512 not reporting`, if that is so. What is absent is a
 * dash. `now` is Unix ms.
 */
export function statusBarText(snapshot: Snapshot, expected: number | undefined, now: number): string {
  const kvUsage = snapshot.measures[catalogRow('kv_cache_usage_perc').id];
  const running = snapshot.measures['num_requests_running'];
  const living = snapshot.engines.filter(isLiving).length;
  const notReporting = enginesNotReporting(snapshot).length;
  const age = now - snapshot.at;
  return [
    `KV ${kvUsage ? `${pad(String(Math.round(kvUsage.value * 100)), 2)}%` : '–'}`,
    `${running ? pad(formatValue(running.value, 'requests'), 2) : '–'} running`,
    expected === undefined ? String(living) : `${living}/${expected}`,
    ...(notReporting > 0 ? [`${notReporting} of ${living} not reporting`] : []),
    ...(age > oldAfterMs ? [formatDuration(age)] : []),
  ].join(' · ');
}

/** The findings for the tooltip, those of one rule as one line. */
export const findingTexts = (findings: readonly Finding[]): string[] =>
  groupFindings(findings).map((entry) => (isFindingGroup(entry) ? entry.label : entry.message));

/** The text without the padding, for screen readers. */
export const withoutPadding = (text: string): string => text.replaceAll(figureSpace, '');

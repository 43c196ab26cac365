/** What the tree shows of generation records, as plain rows: flags that did not engage, the record that runs, those that are kept. */
import type { Status } from '../../api';
import type { ConfigDrift } from '../../generation/configDrift';
import type { GenerationRecord } from '../../generation/generationRecord';
import type { RunningRecord } from '../../generation/generationRecorder';
import { formatDuration, formatValue } from '../../shared/format';
import type { CaptureResult } from '../../capture/captureWriter';
import { states } from '../../shared/states';
import { textRows } from '../tree/findingRows';
import { commandIds } from '../shared/ids';
import type { Row } from '../tree/metricsTreeRows';

export interface RecordFacts {
  records: readonly GenerationRecord[];
  runningRecord: RunningRecord | undefined;
  /** Ids of records that are not on disk, with the reason. */
  unsavedReasons: ReadonlyMap<string, string>;
  now: number;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-25 21:15:07`, in this machine's time. */
export function formatLocalTime(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

const formatGib = (value: number | null): string => (value === null ? 'not measured' : `${value.toFixed(1)} GiB`);
const formatFraction = (value: number | null): string =>
  value === null ? 'not measured' : formatValue(value, 'fraction');

/** What was measured, briefly; what was not is not there. */
function recordSummary({ event, endedBy, replayed, flags }: GenerationRecord, unsaved: string | undefined): string {
  const parts = [
    event.peak_vram_gb !== null && `peak ${formatGib(event.peak_vram_gb)}`,
    event.kv_cache_usage_perc !== null && `KV ${formatFraction(event.kv_cache_usage_perc)}`,
    event.prefix_cache_hit_rate !== null && `hits ${formatFraction(event.prefix_cache_hit_rate)}`,
    event.spec_accept_rate !== null && `drafts ${formatFraction(event.spec_accept_rate)}`,
    flags.check === 'mismatch' && 'flag did not engage',
    endedBy === 'cut off' && 'cut off',
    replayed && 'replayed',
    unsaved !== undefined && 'not saved',
  ];
  return parts.filter((part) => part !== false).join(' · ');
}

const flagCheckText = {
  engaged: 'Every flag that was checked engaged.',
  mismatch: 'A flag did not engage:',
  'not checked': 'Flags: not checked.',
} as const;

function recordDetails(record: GenerationRecord, unsaved: string | undefined): string[] {
  const { event, vram, kvCache, flags, endedBy, resets, phase } = record;
  const highest = kvCache.highest && `, highest ${formatFraction(kvCache.highest.value)} (${kvCache.highest.engine})`;
  return [
    `${formatLocalTime(record.from)} to ${formatLocalTime(record.to)}${phase === null ? '' : `, phase ${phase}`}`,
    ...(endedBy === 'cut off' ? ['Cut off: the window closed. What was measured until then is here.'] : []),
    `Peak GPU memory: ${formatGib(event.peak_vram_gb)}${vram.device === null ? '' : `, ${vram.device}`}${vram.problem === null ? '' : ` (${vram.problem})`}`,
    `KV cache: ${formatFraction(event.kv_cache_usage_perc)} at the end${highest ?? ''}`,
    `Prefix-cache hits: ${formatFraction(event.prefix_cache_hit_rate)}. Draft acceptance: ${formatFraction(event.spec_accept_rate)}`,
    flagCheckText[flags.check],
    ...flags.mismatches,
    ...(resets.length > 0 ? [`Began anew meanwhile: ${resets.join(', ')}.`] : []),
    ...(unsaved === undefined ? [] : [`Not saved: ${unsaved}`]),
  ];
}

function recordRow(record: GenerationRecord, unsaved: string | undefined): Row {
  const troubled = record.flags.check === 'mismatch' || record.endedBy === 'cut off' || unsaved !== undefined;
  return {
    id: `record/${record.id}`,
    label: formatLocalTime(record.from),
    description: [formatDuration(record.to - record.from), recordSummary(record, unsaved)].filter(Boolean).join(' · '),
    tooltip: recordDetails(record, unsaved),
    icon: troubled ? { name: 'warning', colour: 'charts.yellow' } : { name: 'note' },
    context: 'record',
    command: { command: commandIds.openRecord, title: 'Open the record' },
    children: [],
  };
}

const causes = {
  command: 'by command',
  work: 'by the engines’ work',
  phase: 'by the training phase',
  'cut off': '',
} as const;

function runningRecordRow({ from, startedBy }: RunningRecord, now: number): Row {
  const description = `${formatDuration(now - from)}, begun ${causes[startedBy]}`;
  return {
    id: 'records/running',
    label: 'Recording',
    description,
    tooltip: [`Recording since ${formatLocalTime(from)}, begun ${causes[startedBy]}.`, 'A click ends it.'],
    icon: { name: 'record', colour: 'charts.red' },
    context: 'recording',
    command: { command: commandIds.stopRecord, title: 'Stop the record' },
    children: [],
  };
}

/** The node that holds them all. */
export function recordsRow({ records, runningRecord, unsavedReasons, now }: RecordFacts): Row {
  const count = records.length === 0 ? 'none yet' : String(records.length);
  return {
    id: 'records',
    label: 'Generation records',
    description: runningRecord ? `recording for ${formatDuration(now - runningRecord.from)} · ${count}` : count,
    tooltip: [
      'A record brackets one generation: peak GPU memory, KV cache, hit rates, load, and whether the engines run with what the config asks for.',
    ],
    icon: runningRecord ? { name: 'record', colour: 'charts.red' } : { name: 'archive' },
    context: runningRecord ? 'records-recording' : 'records',
    children: [
      ...(runningRecord ? [runningRecordRow(runningRecord, now)] : []),
      ...records.map((record) => recordRow(record, unsavedReasons.get(record.id))),
    ],
  };
}

/** Flags that did not engage, as the other findings stand in the tree. A click leads to the line. */
export function configDriftRows(mismatches: readonly ConfigDrift[]): Row[] {
  return mismatches.map(({ field, message, actual }) => ({
    id: `finding/flag/${field}/${String(actual)}`,
    label: message,
    description: '',
    tooltip: [
      message,
      'Intended: what the config in use writes, engine_init_kwargs last. Actual: what the engines said when they were asked.',
    ],
    icon: { name: 'warning', colour: 'charts.yellow' },
    context: 'finding',
    command: { command: commandIds.openConfig, title: 'Open the config' },
    children: textRows(`finding/flag/${field}/${String(actual)}/message`, 'quote', message),
  }));
}

/** What the welcome says, where records take its place: the state and its ways on. */
export function stateRows({ state, message }: Status): Row[] {
  const row = (id: string, label: string, icon: string): Row => ({
    id,
    label,
    description: '',
    tooltip: [label],
    icon: { name: icon },
    context: 'state',
    children: [],
  });
  const actions = states[state].actions.map((action) => ({
    ...row(`way/${action.command}`, action.title, 'arrow-right'),
    command: action,
  }));
  return [row('state', message, 'info'), ...actions];
}

/** The recording of scrapes that runs. A click ends it. */
export function captureRows(running: CaptureResult | undefined): Row[] {
  if (!running) return [];
  const { folder, scrapes, bytes } = running;
  const description = `${scrapes} scrapes, ${(bytes / 1e6).toFixed(1)} MB`;
  return [
    {
      id: 'scrapes',
      label: 'Recording scrapes',
      description,
      tooltip: [`Into ${folder}`, 'A click ends it.'],
      icon: { name: 'record', colour: 'charts.red' },
      context: 'connection',
      command: { command: commandIds.stopScrapes, title: 'Stop recording scrapes' },
      children: [],
    },
  ];
}

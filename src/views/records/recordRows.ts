/** What the tree shows of generation records, as plain rows: flags that did not engage, the record that runs, those that are kept. */
import type { Status } from '../../api';
import type { FlagMismatch } from '../../generation/configDrift';
import type { GenerationRecord } from '../../generation/generationRecord';
import type { Running } from '../../generation/generationRecorder';
import { formatDuration, formatValue } from '../../shared/format';
import type { RecordingResult } from '../../capture/captureWriter';
import { states } from '../../shared/states';
import { textRows } from '../tree/findingRows';
import { commands } from '../shared/ids';
import type { Row } from '../tree/metricsTreeRows';

export interface RecordFacts {
  records: readonly GenerationRecord[];
  running: Running | undefined;
  /** Ids of records that are not on disk, with the reason. */
  unsaved: ReadonlyMap<string, string>;
  now: number;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-25 21:15:07`, in this machine's time. */
export function localTime(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

const gib = (value: number | null): string => (value === null ? 'not measured' : `${value.toFixed(1)} GiB`);
const fraction = (value: number | null): string => (value === null ? 'not measured' : formatValue(value, 'fraction'));

/** What was measured, briefly; what was not is not there. */
function summary({ event, endedBy, replayed, flags }: GenerationRecord, unsaved: string | undefined): string {
  const parts = [
    event.peak_vram_gb !== null && `peak ${gib(event.peak_vram_gb)}`,
    event.kv_cache_usage_perc !== null && `KV ${fraction(event.kv_cache_usage_perc)}`,
    event.prefix_cache_hit_rate !== null && `hits ${fraction(event.prefix_cache_hit_rate)}`,
    event.spec_accept_rate !== null && `drafts ${fraction(event.spec_accept_rate)}`,
    flags.check === 'mismatch' && 'flag did not engage',
    endedBy === 'cut off' && 'cut off',
    replayed && 'replayed',
    unsaved !== undefined && 'not saved',
  ];
  return parts.filter((part) => part !== false).join(' · ');
}

const flagWords = {
  engaged: 'Every flag that was checked engaged.',
  mismatch: 'A flag did not engage:',
  'not checked': 'Flags: not checked.',
} as const;

function details(record: GenerationRecord, unsaved: string | undefined): string[] {
  const { event, vram, kvCache, flags, endedBy, resets, phase } = record;
  const highest = kvCache.highest && `, highest ${fraction(kvCache.highest.value)} (${kvCache.highest.engine})`;
  return [
    `${localTime(record.from)} to ${localTime(record.to)}${phase === null ? '' : `, phase ${phase}`}`,
    ...(endedBy === 'cut off' ? ['Cut off: the window closed. What was measured until then is here.'] : []),
    `Peak GPU memory: ${gib(event.peak_vram_gb)}${vram.device === null ? '' : `, ${vram.device}`}${vram.problem === null ? '' : ` (${vram.problem})`}`,
    `KV cache: ${fraction(event.kv_cache_usage_perc)} at the end${highest ?? ''}`,
    `Prefix-cache hits: ${fraction(event.prefix_cache_hit_rate)}. Draft acceptance: ${fraction(event.spec_accept_rate)}`,
    flagWords[flags.check],
    ...flags.mismatches,
    ...(resets.length > 0 ? [`Began anew meanwhile: ${resets.join(', ')}.`] : []),
    ...(unsaved === undefined ? [] : [`Not saved: ${unsaved}`]),
  ];
}

function recordRow(record: GenerationRecord, unsaved: string | undefined): Row {
  const troubled = record.flags.check === 'mismatch' || record.endedBy === 'cut off' || unsaved !== undefined;
  return {
    id: `record/${record.id}`,
    label: localTime(record.from),
    description: [formatDuration(record.to - record.from), summary(record, unsaved)].filter(Boolean).join(' · '),
    tooltip: details(record, unsaved),
    icon: troubled ? { name: 'warning', colour: 'charts.yellow' } : { name: 'note' },
    context: 'record',
    command: { command: commands.openRecord, title: 'Open the record' },
    children: [],
  };
}

const causes = {
  command: 'by command',
  work: 'by the engines’ work',
  phase: 'by the training phase',
  'cut off': '',
} as const;

function runningRow({ from, startedBy }: Running, now: number): Row {
  const description = `${formatDuration(now - from)}, begun ${causes[startedBy]}`;
  return {
    id: 'records/running',
    label: 'Recording',
    description,
    tooltip: [`Recording since ${localTime(from)}, begun ${causes[startedBy]}.`, 'A click ends it.'],
    icon: { name: 'record', colour: 'charts.red' },
    context: 'recording',
    command: { command: commands.stopRecord, title: 'Stop the record' },
    children: [],
  };
}

/** The node that holds them all. */
export function recordsNode({ records, running, unsaved, now }: RecordFacts): Row {
  const count = records.length === 0 ? 'none yet' : String(records.length);
  return {
    id: 'records',
    label: 'Generation records',
    description: running ? `recording for ${formatDuration(now - running.from)} · ${count}` : count,
    tooltip: [
      'A record brackets one generation: peak GPU memory, KV cache, hit rates, load, and whether the engines run with what the config asks for.',
    ],
    icon: running ? { name: 'record', colour: 'charts.red' } : { name: 'archive' },
    context: running ? 'records-recording' : 'records',
    children: [
      ...(running ? [runningRow(running, now)] : []),
      ...records.map((record) => recordRow(record, unsaved.get(record.id))),
    ],
  };
}

/** Flags that did not engage, as the other findings stand in the tree. A click leads to the line. */
export function flagRows(mismatches: readonly FlagMismatch[]): Row[] {
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
    command: { command: commands.openConfig, title: 'Open the config' },
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
  const ways = states[state].ways.map((way) => ({
    ...row(`way/${way.command}`, way.title, 'arrow-right'),
    command: way,
  }));
  return [row('state', message, 'info'), ...ways];
}

/** The recording of scrapes that runs. A click ends it. */
export function scrapeRows(running: RecordingResult | undefined): Row[] {
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
      command: { command: commands.stopScrapes, title: 'Stop recording scrapes' },
      children: [],
    },
  ];
}

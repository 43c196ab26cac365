/** What the metrics tree shows of generation records: the running one and those that are kept. */
import type { GenerationRecord } from '../../generation/generationRecord';
import type { RunningRecord } from '../../generation/generationRecorder';
import { formatDuration, formatLocalTime, formatValue } from '../../shared/format';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';

/** Everything that the rows show. */
export interface RecordFacts {
  records: readonly GenerationRecord[];
  runningRecord: RunningRecord | undefined;
  /** IDs of records that are not on disk, with the reason. */
  unsavedReasons: ReadonlyMap<string, string>;
  /** Unix ms. */
  now: number;
}

const formatGib = (value: number | null): string => (value === null ? 'not measured' : `${value.toFixed(1)} GiB`);
const formatFraction = (value: number | null): string =>
  value === null ? 'not measured' : formatValue(value, 'fraction');

/** What was measured, in a few words; what was not measured is left out. */
function recordSummary(
  { event, endedBy, replayed, flags }: GenerationRecord,
  unsavedReason: string | undefined,
): string {
  const parts = [
    event.peak_vram_gb !== null && `peak ${formatGib(event.peak_vram_gb)}`,
    event.kv_cache_usage_perc !== null && `KV ${formatFraction(event.kv_cache_usage_perc)}`,
    event.prefix_cache_hit_rate !== null && `hits ${formatFraction(event.prefix_cache_hit_rate)}`,
    event.spec_accept_rate !== null && `drafts ${formatFraction(event.spec_accept_rate)}`,
    flags.check === 'mismatch' && 'flag did not engage',
    endedBy === 'cut off' && 'cut off',
    replayed && 'replayed',
    unsavedReason !== undefined && 'not saved',
  ];
  return parts.filter((part) => part !== false).join(' · ');
}

const flagCheckText = {
  engaged: 'Every flag that was checked engaged.',
  mismatch: 'A flag did not engage:',
  'not checked': 'Flags were not checked.',
} as const;

function recordDetails(record: GenerationRecord, unsavedReason: string | undefined): string[] {
  const { event, vram, kvCache, flags, endedBy, resets, phase } = record;
  const highest = kvCache.highest && `, highest ${formatFraction(kvCache.highest.value)} (${kvCache.highest.engine})`;
  const device = vram.device === null ? '' : `, ${vram.device}`;
  const problem = vram.problem === null ? '' : ` (${vram.problem})`;
  return [
    `${formatLocalTime(record.from)} to ${formatLocalTime(record.to)}${phase === null ? '' : `, phase ${phase}`}`,
    ...(endedBy === 'cut off'
      ? ['Cut off when VS Code closed or the run changed. It has what was measured until then.']
      : []),
    `Peak GPU memory: ${formatGib(event.peak_vram_gb)}${device}${problem}`,
    `KV cache: ${formatFraction(event.kv_cache_usage_perc)} at the end${highest ?? ''}`,
    `Prefix-cache hits: ${formatFraction(event.prefix_cache_hit_rate)}. Draft acceptance: ${formatFraction(event.spec_accept_rate)}`,
    flagCheckText[flags.check],
    ...flags.mismatches,
    ...(resets.length > 0 ? [`Restarted meanwhile: ${resets.join(', ')}.`] : []),
    ...(unsavedReason === undefined ? [] : [`Not saved: ${unsavedReason}`]),
  ];
}

function recordRow(record: GenerationRecord, unsavedReason: string | undefined): TreeRow {
  const hasProblem = record.flags.check === 'mismatch' || record.endedBy === 'cut off' || unsavedReason !== undefined;
  return {
    id: `record/${record.id}`,
    label: formatLocalTime(record.from),
    description: [formatDuration(record.to - record.from), recordSummary(record, unsavedReason)]
      .filter(Boolean)
      .join(' · '),
    tooltip: recordDetails(record, unsavedReason),
    icon: hasProblem ? { name: 'warning', colour: 'charts.yellow' } : { name: 'note' },
    context: 'record',
    command: { command: commandIds.openRecord, title: 'Open Generation Record' },
    children: [],
  };
}

const startCauses = {
  command: 'started by command',
  work: 'started by the engines’ work',
  phase: 'started by the training phase',
  'cut off': 'started',
} as const;

function runningRecordRow({ from, startedBy }: RunningRecord, now: number): TreeRow {
  return {
    id: 'records/running',
    label: 'Recording',
    description: `${formatDuration(now - from)}, ${startCauses[startedBy]}`,
    tooltip: [`Recording since ${formatLocalTime(from)}, ${startCauses[startedBy]}.`, 'Click to stop.'],
    icon: { name: 'record', colour: 'charts.red' },
    context: 'recording',
    command: { command: commandIds.stopRecord, title: 'Stop Generation Record' },
    children: [],
  };
}

/** The node that has all records below it; without children if there is none. */
export function recordsRow({ records, runningRecord, unsavedReasons, now }: RecordFacts): TreeRow {
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

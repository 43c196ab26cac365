/** What the metrics tree shows of the runs that are kept. */
import { runLimits, type Removals, type RunProblem } from '../../runs/runStore';
import type { KeptRun } from '../../runs/run';
import { formatDuration, formatLocalTime } from '../../shared/format';
import { runRowPrefix } from '../shared/runRowPrefix';
import type { TreeRow } from '../shared/treeRow';

/** Everything that the rows show. */
export interface RunFacts {
  /** Newest first. */
  runs: readonly KeptRun[];
  problems: readonly RunProblem[];
  /** Undefined if none was removed. */
  removals: Removals | undefined;
}

/** The ids of rows of files that cannot be read begin with this. */
export const problemRowPrefix = 'run-problem/';

const mib = 2 ** 20;
const limitText = `At most ${runLimits.runs} runs and ${runLimits.bytes / mib} MiB are kept; the oldest ones that are not pinned are removed first.`;

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

function runSummary({ isOpen, pinned, origin, from, to, engines, rollouts, steps, config }: KeptRun): string {
  const parts = [
    isOpen && 'in progress',
    pinned && 'pinned',
    origin === 'imported' && 'imported',
    formatDuration(to - from),
    engines > 0 && plural(engines, 'engine'),
    rollouts > 0 ? plural(rollouts, 'rollout') : steps > 0 && plural(steps, 'step'),
    config,
  ];
  return parts.filter(Boolean).join(' · ');
}

function runDetails(run: KeptRun): string[] {
  const { from, to, isOpen, session, job, models = [], releases, nodes, gpus, config, origin, pinned } = run;
  const { skyrl, ray, vllm } = releases;
  const named = (label: string, value: string | number | undefined): string[] =>
    value === undefined || value === '' ? [] : [`${label}: ${value}`];
  return [
    run.name,
    `${formatLocalTime(from)} to ${isOpen ? 'now' : formatLocalTime(to)}`,
    ...named('Config', config ?? 'never seen'),
    ...named('Models', models.join(', ')),
    ...named('Nodes', nodes),
    ...named('GPUs', gpus),
    ...named('SkyRL', skyrl),
    ...named('Ray', ray),
    ...named('vLLM', vllm),
    ...named('Ray session', session),
    ...named('Ray job', job),
    ...(origin === 'imported' ? ['It was imported from a file.'] : []),
    ...(pinned ? ['It is pinned: it is not removed to make room.'] : []),
  ];
}

function runIcon({ isOpen, pinned, origin }: KeptRun): TreeRow['icon'] {
  if (isOpen) return { name: 'pulse', colour: 'charts.green' };
  if (pinned) return { name: 'pinned' };
  return { name: origin === 'imported' ? 'cloud-download' : 'history' };
}

const runRow = (run: KeptRun): TreeRow => ({
  id: runRowPrefix + run.id,
  label: run.name,
  description: runSummary(run),
  tooltip: runDetails(run),
  icon: runIcon(run),
  context: run.pinned ? 'run-pinned' : 'run',
  children: [],
});

const problemRow = ({ file, reason }: RunProblem): TreeRow => ({
  id: problemRowPrefix + file,
  label: file,
  description: reason,
  tooltip: [
    `${file} cannot be read: ${reason}.`,
    'It is left as it is. If you do not need it, delete it from this row’s menu.',
  ],
  icon: { name: 'warning', colour: 'charts.yellow' },
  context: 'run-problem',
  children: [],
});

function removalRow({ count, name }: Removals): TreeRow {
  return {
    id: 'runs/removed',
    label: count === 1 ? 'An older run was removed' : `${count} older runs were removed`,
    description: `${count === 1 ? '' : 'last '}${name}`,
    tooltip: [limitText, 'Pin a run that you want to keep.'],
    icon: { name: 'info' },
    context: 'runs-removed',
    children: [],
  };
}

/** The node that has all runs below it; none if there is nothing to show. */
export function runsRows({ runs, problems, removals }: RunFacts): TreeRow[] {
  if (runs.length === 0 && problems.length === 0) return [];
  const isOpen = runs.some((run) => run.isOpen);
  const unread = problems.length === 0 ? '' : `${plural(problems.length, 'file')} cannot be read`;
  return [
    {
      id: 'runs',
      label: 'Runs',
      description: [runs.length === 0 ? 'none' : String(runs.length), isOpen ? '1 in progress' : '', unread]
        .filter(Boolean)
        .join(' · '),
      tooltip: ['The runs that were watched here or imported, each with its config as it was.', limitText],
      icon: { name: 'layers' },
      context: 'runs',
      children: [...problems.map(problemRow), ...runs.map(runRow), ...(removals ? [removalRow(removals)] : [])],
    },
  ];
}

/** The figures of a rollout or a step, as data: the page, the tree, the exports and the reference read this table. */
import { formatValue, type Unit } from './format';
import type { Rollout } from './rollout';

/** One figure. */
export interface RolloutFigure {
  id: string;
  label: string;
  /** For narrow places: the head of a column. */
  shortLabel: string;
  unit: Unit;
  /** One line for people. */
  help: string;
  /** How it is computed, for people. */
  computation: string;
  /** Only of this kind; undefined: of both. */
  kind?: Rollout['kind'];
  /** Which extreme is the bad one. */
  worst: 'high' | 'low' | 'neither';
  /** From here on a finding may report it, in the figure's unit. */
  limit?: number;
  /** Undefined if it is not known. */
  valueOf: (rollout: Rollout) => number | undefined;
  /** How far the value is from the truth at most, in the figure's unit; undefined: it is exact, or its error is small. */
  errorOf?: (rollout: Rollout) => number;
}

/** SkyRL's phase in which engines get new weights. */
export const weightSyncPhase = 'sync_weights';

/** A part of the duration; undefined if either is not known. */
const shareOf = (seconds: number | undefined, rollout: Rollout): number | undefined =>
  seconds === undefined || rollout.seconds <= 0 ? undefined : seconds / rollout.seconds;

const secondsError = ({ uncertainty }: Rollout): number => uncertainty;

/** How far a part of the duration, or a mean over it, is from the truth at most, as a share. */
export const relativeError = ({ uncertainty, seconds }: Rollout): number => (seconds > 0 ? uncertainty / seconds : 0);

/** All figures, in the order in which they are shown. */
export const rolloutFigures: readonly RolloutFigure[] = [
  {
    id: 'seconds',
    label: 'Duration',
    shortLabel: 'Duration',
    unit: 'seconds',
    worst: 'high',
    help: 'How long the rollout or the step took.',
    computation:
      'From the middle of the interval in which it began to the middle of the one in which it ended; ± is half of both intervals.',
    valueOf: ({ seconds }) => seconds,
    errorOf: secondsError,
  },
  {
    id: 'output_tokens',
    label: 'Output tokens',
    shortLabel: 'Output',
    unit: 'tokens',
    worst: 'neither',
    help: 'Tokens that the engines generated.',
    computation: 'Increase of generation_tokens, summed over the engines.',
    valueOf: ({ tokens }) => tokens.output,
  },
  {
    id: 'prompt_tokens',
    label: 'Prompt tokens',
    shortLabel: 'Prompt',
    unit: 'tokens',
    worst: 'neither',
    help: 'Tokens of the prompts that the engines processed.',
    computation: 'Increase of prompt_tokens, summed over the engines.',
    valueOf: ({ tokens }) => tokens.prompt,
  },
  {
    id: 'requests',
    label: 'Requests finished',
    shortLabel: 'Requests',
    unit: 'requests',
    worst: 'neither',
    help: 'Requests that finished, for any reason.',
    computation: 'Increase of request_success over all reasons, summed over the engines.',
    valueOf: ({ requests }) => requests,
  },
  {
    id: 'generation_rate',
    label: 'Generation rate, mean',
    shortLabel: 'Rate',
    unit: 'tokens/s',
    worst: 'low',
    help: 'Output tokens per second of all engines together.',
    computation: 'Output tokens ÷ duration.',
    valueOf: ({ generationRate }) => generationRate,
    errorOf: (rollout) => (rollout.generationRate ?? 0) * relativeError(rollout),
  },
  {
    id: 'highest_rate',
    label: 'Generation rate, highest',
    shortLabel: 'Peak rate',
    unit: 'tokens/s',
    worst: 'neither',
    help: 'The highest generation rate that a scrape measured.',
    computation: 'The highest generation_throughput_tok_s of the scrapes in it.',
    valueOf: ({ highestRate }) => highestRate,
  },
  {
    id: 'tail_seconds',
    label: 'Tail',
    shortLabel: 'Tail',
    unit: 'seconds',
    kind: 'rollout',
    worst: 'high',
    help: 'Time in which at least half of the engines had no work left and waited for the others; prefill engines not counted.',
    computation: 'From when half of the engines had ended their last work to the end. Not known of a single engine.',
    valueOf: ({ tailSeconds }) => tailSeconds,
    errorOf: secondsError,
  },
  {
    id: 'tail_share',
    label: 'Tail, share',
    shortLabel: 'Tail share',
    unit: 'fraction',
    kind: 'rollout',
    worst: 'high',
    limit: 1 / 3,
    help: 'The tail as a share of the rollout.',
    computation: 'Tail ÷ duration.',
    valueOf: (rollout) => shareOf(rollout.tailSeconds, rollout),
    errorOf: relativeError,
  },
  {
    id: 'idle_share',
    label: 'Idle engine time',
    shortLabel: 'Idle',
    unit: 'fraction',
    worst: 'high',
    limit: 1 / 3,
    help: 'Share of the engines’ time in which they had no work; sleep counts as idle.',
    computation:
      'Sum over the engines of seconds without work ÷ sum of the seconds in which they were observed. With known prefill and decode engines, seconds in which only the other role has work are in neither sum.',
    valueOf: ({ idleShare }) => idleShare,
    errorOf: relativeError,
  },
  {
    id: 'asleep_seconds',
    label: 'Engine time asleep',
    shortLabel: 'Asleep',
    unit: 'seconds',
    worst: 'neither',
    help: 'The part of the idle engine time in which engines were asleep, which is normal while the trainer has the GPUs.',
    computation: 'Sum over the engines of the seconds in which they were asleep.',
    valueOf: ({ asleepSeconds }) => asleepSeconds,
    errorOf: ({ uncertainty, engines }) => uncertainty * engines,
  },
  {
    id: 'weight_sync_share',
    label: 'Weight sync',
    shortLabel: 'Weight sync',
    unit: 'fraction',
    kind: 'step',
    worst: 'high',
    limit: 1 / 5,
    help: 'Share of the step in which the engines got new weights.',
    computation: 'Seconds in the phase sync_weights ÷ duration. A phase that is shorter than a report may be missed.',
    valueOf: (rollout) => shareOf(rollout.phases?.[weightSyncPhase], rollout),
    errorOf: relativeError,
  },
  {
    id: 'imbalance',
    label: 'Imbalance',
    shortLabel: 'Imbalance',
    unit: 'number',
    worst: 'high',
    help: 'How unevenly the engines shared the output tokens; 1 is even.',
    computation:
      'Highest output tokens of an engine ÷ their mean, over the engines that were there all the time, without prefill engines.',
    valueOf: ({ imbalance }) => imbalance,
  },
  {
    id: 'engines',
    label: 'Engines',
    shortLabel: 'Engines',
    unit: 'count',
    worst: 'neither',
    help: 'The most engines that there were at one time.',
    computation: 'Engines that reported and had not left.',
    valueOf: ({ engines }) => engines,
  },
  {
    id: 'kv_peak',
    label: 'KV cache, highest',
    shortLabel: 'KV peak',
    unit: 'fraction',
    worst: 'high',
    help: 'The highest KV cache usage of any engine.',
    computation: 'The highest kv_cache_usage_perc of the scrapes in it.',
    valueOf: ({ kvPeak }) => kvPeak,
  },
  {
    id: 'preemptions',
    label: 'Preemptions',
    shortLabel: 'Preempted',
    unit: 'count',
    worst: 'high',
    help: 'How often an engine took a request’s KV cache away and computed it again later.',
    computation: 'Increase of num_preemptions, summed over the engines.',
    valueOf: ({ preemptions }) => preemptions,
  },
  {
    id: 'hit_rate',
    label: 'Prefix cache hit rate',
    shortLabel: 'Hit rate',
    unit: 'fraction',
    worst: 'low',
    help: 'Share of the prompt tokens that the prefix cache had.',
    computation: 'Increase of prefix_cache_hits ÷ increase of prefix_cache_queries.',
    valueOf: ({ hitRate }) => hitRate,
  },
  {
    id: 'acceptance',
    label: 'Draft acceptance',
    shortLabel: 'Accepted',
    unit: 'fraction',
    worst: 'low',
    help: 'Share of the draft tokens that speculative decoding kept.',
    computation: 'Increase of spec_decode_num_accepted_tokens ÷ increase of spec_decode_num_draft_tokens.',
    valueOf: ({ acceptance }) => acceptance,
  },
];

const figureById = new Map(rolloutFigures.map((figure) => [figure.id, figure]));

/** The figure with this id. Throws if there is none, which is a mistake in the code. */
export function rolloutFigure(id: string): RolloutFigure {
  const figure = figureById.get(id);
  if (!figure) throw new Error(`no rollout figure ${id}`);
  return figure;
}

/** A value of a figure with its unit. Seconds are not shown in ms: reports are 10 s apart. */
export const formatFigure = ({ unit }: Pick<RolloutFigure, 'unit'>, value: number | undefined): string =>
  unit === 'seconds' && value !== undefined && value < 1 ? `${Number(value.toFixed(1))} s` : formatValue(value, unit);

/** Seconds as a figure has them. */
export const formatFigureSeconds = (value: number): string => formatFigure({ unit: 'seconds' }, value);

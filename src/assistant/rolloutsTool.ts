/** The tool that lists rollouts and steps of training. */
import * as z from 'zod/mini';
import { escapeControlChars } from '../promql/textTable';
import { formatDuration, formatValue } from '../shared/format';
import type { Rollout } from '../shared/rollout';
import { rolloutFigures } from '../shared/rolloutFigures';
import { fitRows, type AnswerRow } from './budget';
import { describe } from './inputSchema';
import { defineTool, type ToolHost } from './tool';

const kinds = ['rollout', 'step'] as const;

/** What keeps a rollout out of comparisons; empty if nothing does. */
function reservation({ isOpen, cut }: Rollout): string {
  if (isOpen) return ' (not ended)';
  return cut ? ' (beginning or end not seen)' : '';
}

function rolloutRow(host: ToolHost, rollout: Rollout): AnswerRow {
  const figures = rolloutFigures.flatMap((figure) => {
    const value = figure.valueOf(rollout);
    return value === undefined || figure.id === 'seconds' ? [] : [`${figure.label} ${formatValue(value, figure.unit)}`];
  });
  const began = formatDuration(host.now() - rollout.from);
  const duration = `${formatValue(rollout.seconds, 'seconds')} ± ${formatValue(rollout.uncertainty, 'seconds')}`;
  return {
    data: { ...rollout },
    text: escapeControlChars(
      `${rollout.kind} ${began} ago${reservation(rollout)}: ${[duration, ...figures].join('; ')}`,
    ),
  };
}

/** Rollouts and steps, the newest first. */
export const rolloutsTool = defineTool({
  name: 'skyrl_get_rollouts',
  title: 'Get SkyRL Rollouts and Steps',
  modelDescription:
    'Rollouts (spans in which the engines work) and training steps (from one weight sync to the next) of the SkyRL run, newest first: duration with its uncertainty, tokens, requests, tail (from when half of the engines had run dry), idle share of the engines, imbalance, slowest engine, and seconds in each training phase. Use it to see where the time goes and whether rollouts get slower. One that is cut, or has not ended, is in no statistic. What is missing is not known; it is not zero.',
  input: z.strictObject({
    kind: z.optional(describe(z.enum(kinds), 'Only rollouts, or only steps.')),
    count: z.optional(describe(z.int().check(z.minimum(1), z.maximum(100)), 'At most so many; default 10.')),
  }),
  run: (host, { kind, count = 10 }) => {
    const all = host.rollouts.filter((rollout) => kind === undefined || rollout.kind === kind);
    const newest = all.slice(-count).reverse();
    const { data, lines, omitted } = fitRows(
      newest.map((rollout) => rolloutRow(host, rollout)),
      'Ask for fewer with "count".',
    );
    return {
      text: [newest.length === 0 ? 'None was seen yet.' : `${newest.length} of ${all.length}.`, ...lines].join('\n'),
      data: { rollouts: data, total: all.length, ...(omitted > 0 && { omitted }) },
    };
  },
});

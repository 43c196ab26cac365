/** The last rollout and the last step as rows, with their figures below. */
import { formatDuration, formatLocalTime, formatValue } from '../../shared/format';
import { noPhase, type Rollout } from '../../shared/rollout';
import { endNote, formatSeconds } from '../../shared/rolloutExport';
import { formatFigure, formatFigureSeconds, rolloutFigure, rolloutFigures } from '../../shared/rolloutFigures';
import { figureValues, spreadOf, wholeRollouts } from '../../shared/rolloutStatistics';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';

const kindLabels: Record<Rollout['kind'], string> = { rollout: 'Last rollout', step: 'Last step' };

/** What the row itself says beside the duration: by kind, the ids of figures and what they are called there. */
const headlines: Record<Rollout['kind'], readonly (readonly [id: string, label: string])[]> = {
  rollout: [['tail_share', 'tail']],
  step: [['weight_sync_share', 'weight sync']],
};

const showRollouts = { command: commandIds.showRollouts, title: 'Show Rollouts' };

function leaf(id: string, label: string, description: string, tooltip: string[]): TreeRow {
  return {
    id,
    label,
    description,
    tooltip,
    icon: { name: 'dash' },
    context: 'rollout-part',
    value: description,
    command: showRollouts,
    children: [],
  };
}

function figureRows(rollout: Rollout, whole: readonly Rollout[]): TreeRow[] {
  return rolloutFigures.flatMap((figure): TreeRow[] => {
    const value = figure.valueOf(rollout);
    if (value === undefined) return [];
    const spread = spreadOf(figureValues(whole, figure));
    const format = (number: number): string => formatFigure(figure, number);
    return [
      leaf(
        `${rollout.kind}/${figure.id}`,
        figure.label,
        figure.id === 'seconds' ? formatSeconds(rollout) : format(value),
        [
          figure.help,
          figure.computation,
          ...(spread && spread.count > 1
            ? [
                `Median of ${spread.count}: ${format(spread.median)}, half from ${format(spread.low)} to ${format(spread.high)}.`,
              ]
            : []),
        ],
      ),
    ];
  });
}

function engineRows({ kind, slowestEngine, lastEngine }: Rollout): TreeRow[] {
  return [
    ...(slowestEngine
      ? [
          leaf(
            `${kind}/slowest`,
            'Slowest engine',
            `${slowestEngine.name} · ${formatValue(slowestEngine.rate, 'tokens/s')}`,
            ['The engine with the fewest output tokens per second of its own work.'],
          ),
        ]
      : []),
    ...(lastEngine ? [leaf(`${kind}/last`, 'Last engine', lastEngine, ['The engine that ended last.'])] : []),
  ];
}

const phaseRows = ({ kind, phases = {} }: Rollout): TreeRow[] =>
  Object.entries(phases).map(([name, seconds]) =>
    leaf(`${kind}/phase/${name}`, name === noPhase ? 'No phase reported' : name, formatFigureSeconds(seconds), [
      name === noPhase
        ? 'The part of the step that no phase explains.'
        : 'Time in this phase of SkyRL, to within a report at each end. A phase that is shorter than a report may be missed.',
    ]),
  );

/** A row for the last rollout that has ended, and one for the last step. `now` is Unix ms. */
export function rolloutRows(rollouts: readonly Rollout[], now: number): TreeRow[] {
  return (['rollout', 'step'] as const).flatMap((kind): TreeRow[] => {
    const last = rollouts.findLast((rollout) => rollout.kind === kind && !rollout.isOpen);
    if (!last) return [];
    const parts = headlines[kind].flatMap(([id, label]) => {
      const value = rolloutFigure(id).valueOf(last);
      return value === undefined ? [] : [`${label} ${formatValue(value, 'fraction')}`];
    });
    const note = endNote(last);
    return [
      {
        id: `last-${kind}`,
        label: kindLabels[kind],
        description: [formatFigureSeconds(last.seconds), ...parts, ...(note ? [note] : [])].join(' · '),
        tooltip: [
          kind === 'rollout'
            ? 'From the first request after a rest of all engines to the last one before the next.'
            : 'A cycle of training, from one weight sync to the next.',
          `${formatSeconds(last)}, from ${formatLocalTime(last.from)}; it ended ${formatDuration(now - last.to)} ago.`,
          ...(last.cut ? ['Its beginning or its end was not seen, so it counts in no median.'] : []),
        ],
        icon: { name: 'history' },
        context: 'rollout',
        command: showRollouts,
        children: [...figureRows(last, wholeRollouts(rollouts, kind)), ...engineRows(last), ...phaseRows(last)],
      },
    ];
  });
}

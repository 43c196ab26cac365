/** Rollouts as CSV, JSON Lines and Markdown. */
import { csvLine } from './csv';
import { formatLocalTime } from './format';
import { escapeMarkdown, markdownRow } from './markdown';
import type { Rollout } from './rollout';
import { formatFigure, formatFigureSeconds, rolloutFigures, type RolloutFigure } from './rolloutFigures';
import { figureValues, spreadOf, wholeRollouts } from './rolloutStatistics';

/** Names of the phases that any of the rollouts has, in the order in which they first appear. */
export const phaseNames = (rollouts: readonly Rollout[]): string[] => [
  ...new Set(rollouts.flatMap(({ phases = {} }) => Object.keys(phases))),
];

/** The figures that any of the rollouts has. */
export const knownFigures = (rollouts: readonly Rollout[]): RolloutFigure[] =>
  rolloutFigures.filter(({ valueOf }) => rollouts.some((rollout) => valueOf(rollout) !== undefined));

/** `84.0 s ± 10 s`; without an error the duration alone. */
export const formatSeconds = ({ seconds, uncertainty }: Pick<Rollout, 'seconds' | 'uncertainty'>): string =>
  uncertainty > 0
    ? `${formatFigureSeconds(seconds)} ± ${formatFigureSeconds(uncertainty)}`
    : formatFigureSeconds(seconds);

/** What a rollout's end says of it: `open`, `cut off` or nothing. */
export const endNote = ({ cut, isOpen }: Rollout): string => (isOpen ? 'in progress' : cut ? 'cut off' : '');

/** A line per rollout after one of names. Times are Unix ms; what is not known is empty. */
export function* rolloutCsv(rollouts: readonly Rollout[]): Generator<string> {
  const phases = phaseNames(rollouts);
  const names = [
    'id',
    'kind',
    'from',
    'to',
    'uncertainty_seconds',
    'cut',
    'open',
    ...rolloutFigures.map(({ id }) => id),
    'slowest_engine',
    'slowest_engine_rate',
    'last_engine',
    ...phases.map((phase) => `phase_${phase}_seconds`),
  ];
  yield `${csvLine(names)}\n`;
  for (const rollout of rollouts)
    yield `${csvLine([
      rollout.id,
      rollout.kind,
      rollout.from,
      rollout.to,
      rollout.uncertainty,
      String(rollout.cut),
      String(rollout.isOpen === true),
      ...rolloutFigures.map(({ valueOf }) => valueOf(rollout)),
      rollout.slowestEngine?.name,
      rollout.slowestEngine?.rate,
      rollout.lastEngine,
      ...phases.map((phase) => rollout.phases?.[phase]),
    ])}\n`;
}

/** A JSON object per line, with the keys of `Rollout`. */
export function* rolloutJsonLines(rollouts: readonly Rollout[]): Generator<string> {
  for (const rollout of rollouts) yield `${JSON.stringify(rollout)}\n`;
}

/** A Markdown table of the rollouts of one kind, newest first, with median and spread of those that were seen whole. */
export function rolloutMarkdown(rollouts: readonly Rollout[], kind: Rollout['kind']): string {
  const ofKind = rollouts.filter((rollout) => rollout.kind === kind);
  const figures = knownFigures(ofKind).filter(({ id }) => id !== 'seconds');
  const title = kind === 'rollout' ? 'Rollouts' : 'Steps';
  const whole = wholeRollouts(rollouts, kind);
  const spreadRow = (
    name: string,
    choose: (spread: { median: number; low: number; high: number }) => number,
  ): string[] => [
    name,
    ...['seconds', ...figures.map(({ id }) => id)].map((id) => {
      const figure = rolloutFigures.find((each) => each.id === id) as RolloutFigure;
      const spread = spreadOf(figureValues(whole, figure));
      return spread ? formatFigure(figure, choose(spread)) : '–';
    }),
    '',
  ];
  const rows = [...ofKind]
    .reverse()
    .map((rollout) => [
      formatLocalTime(rollout.from),
      formatSeconds(rollout),
      ...figures.map((figure) => formatFigure(figure, figure.valueOf(rollout))),
      [endNote(rollout), rollout.slowestEngine ? `slowest: ${escapeMarkdown(rollout.slowestEngine.name)}` : '']
        .filter(Boolean)
        .join(', '),
    ]);
  const head = ['Start', 'Duration', ...figures.map(({ shortLabel }) => shortLabel), 'Notes'];
  return [
    `**${title}** (${ofKind.length}; median and quarters of ${whole.length})\n\n`,
    markdownRow(head),
    markdownRow(head.map(() => '---')),
    ...rows.map(markdownRow),
    ...(whole.length > 0
      ? [
          markdownRow(spreadRow('Median', ({ median }) => median)),
          markdownRow(spreadRow('Lower quarter', ({ low }) => low)),
          markdownRow(spreadRow('Upper quarter', ({ high }) => high)),
        ]
      : []),
  ].join('');
}

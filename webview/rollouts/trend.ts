/** A small line of one figure over all rollouts of a kind, with median, quarters and outliers. */
import type { Rollout } from '../../src/shared/rollout';
import { formatFigure, type RolloutFigure } from '../../src/shared/rolloutFigures';
import { figureValues, outlierOf, spreadOf, wholeRollouts, type UsualRange } from '../../src/shared/rolloutStatistics';
import { make } from '../dom';
import { makeSvg } from './svg';

const [width, height, padding] = [300, 48, 4];

/** The figure as a picture with a caption; undefined if fewer than two rollouts have it. */
export function trendOf(
  figure: RolloutFigure,
  rollouts: readonly Rollout[],
  kind: Rollout['kind'],
  ranges: ReadonlyMap<string, UsualRange>,
): HTMLElement | undefined {
  const known = wholeRollouts(rollouts, kind).filter((rollout) => figure.valueOf(rollout) !== undefined);
  const values = figureValues(known, figure);
  const spread = spreadOf(values);
  const last = values.at(-1);
  if (!spread || last === undefined || values.length < 2) return undefined;
  const highest = Math.max(...values);
  const scale = highest > 0 ? (height - 2 * padding) / highest : 0;
  const y = (value: number): number => height - padding - value * scale;
  const x = (index: number): number => padding + (index * (width - 2 * padding)) / (values.length - 1);
  const format = (value: number): string => formatFigure(figure, value);
  const text = `median ${format(spread.median)}, half from ${format(spread.low)} to ${format(spread.high)}`;
  const outliers = known.flatMap((rollout, index) => (outlierOf(rollout, figure, ranges) ? [index] : []));
  const picture = makeSvg(
    'svg',
    {
      class: 'trend-line',
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `${figure.label} of ${values.length}, oldest first: ${text}; last ${format(last)}; ${outliers.length} unusual`,
    },
    makeSvg('rect', {
      class: 'quarters',
      x: 0,
      y: y(spread.high),
      width,
      height: Math.max(1, y(spread.low) - y(spread.high)),
    }),
    makeSvg('line', { class: 'median', x1: 0, x2: width, y1: y(spread.median), y2: y(spread.median) }),
    makeSvg('polyline', {
      points: values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' '),
    }),
    // A line without length and with round ends is a dot, whatever the picture's proportions.
    ...outliers.map((index) => {
      const at = { x: x(index), y: y(values[index] ?? 0) };
      return makeSvg('line', { class: 'dot', x1: at.x, x2: at.x, y1: at.y, y2: at.y });
    }),
  );
  return make(
    'figure',
    { class: 'trend' },
    make('figcaption', {}, make('strong', {}, figure.label), ` ${text}`),
    picture,
  );
}

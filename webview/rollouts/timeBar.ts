/** The bar of one row: how a step divides into phases, or a rollout into full work and its tail. */
import { noPhase, type Rollout } from '../../src/shared/rollout';
import { formatFigureSeconds } from '../../src/shared/rolloutFigures';
import { make } from '../dom';
import { makeSvg } from './svg';

/** A part of a bar. */
interface BarPart {
  name: string;
  /** Of its CSS class, which has the colour. */
  colour: string;
  seconds: number;
}

/** SkyRL's phases in their usual order, with their colours. */
const phaseColours: Readonly<Record<string, string>> = {
  wait_for_generation_buffer: 'yellow',
  convert_to_training_input: 'purple',
  run_training: 'blue',
  sync_weights: 'red',
  eval: 'green',
  save_checkpoints: 'orange',
  save_hf_model: 'orange',
  [noPhase]: 'empty',
};

const phaseLabels: Readonly<Record<string, string>> = { [noPhase]: 'no phase reported' };

/** The parts of a rollout or a step in their order; empty if none are known. */
export function barParts({ kind, seconds, tailSeconds, phases = {} }: Rollout): BarPart[] {
  if (kind === 'step')
    return Object.entries(phases)
      .filter(([, partSeconds]) => partSeconds > 0)
      .map(([name, partSeconds]) => ({
        name: phaseLabels[name] ?? name,
        colour: phaseColours[name] ?? 'other',
        seconds: partSeconds,
      }));
  if (tailSeconds === undefined) return [];
  return [
    { name: 'most engines work', colour: 'blue', seconds: Math.max(0, seconds - tailSeconds) },
    { name: 'tail', colour: 'yellow', seconds: tailSeconds },
  ].filter((part) => part.seconds > 0);
}

/** The bar as a picture with a text alternative. */
export function timeBar(rollout: Rollout): Element {
  const parts = barParts(rollout);
  const sum = parts.reduce((total, { seconds }) => total + seconds, 0);
  if (sum <= 0) return make('span', {}, '–');
  let x = 0;
  const rectangles = parts.map(({ name, colour, seconds }) => {
    const width = (100 * seconds) / sum;
    const title = makeSvg('title', {});
    title.textContent = `${name}: ${formatFigureSeconds(seconds)}`;
    const rectangle = makeSvg(
      'rect',
      { class: `part ${colour}`, x: `${x}%`, y: 0, width: `${width}%`, height: 10 },
      title,
    );
    x += width;
    return rectangle;
  });
  const label = parts.map(({ name, seconds }) => `${name} ${formatFigureSeconds(seconds)}`).join(', ');
  return makeSvg('svg', { class: 'bar', role: 'img', 'aria-label': label }, ...rectangles);
}

/** What the colours of these bars mean. */
export function barLegend(rollouts: readonly Rollout[]): HTMLElement {
  const colours = new Map(rollouts.flatMap(barParts).map(({ name, colour }) => [name, colour]));
  return make(
    'ul',
    { class: 'legend', 'aria-hidden': 'true' },
    ...[...colours].map(([name, colour]) => {
      const swatch = makeSvg(
        'svg',
        { class: 'swatch' },
        makeSvg('rect', { class: `part ${colour}`, width: 10, height: 10 }),
      );
      return make('li', {}, swatch, name);
    }),
  );
}

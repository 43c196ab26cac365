/** Training phases, engines' states and resets: how they look, and what they say at a moment. */
import type { ChartBand } from '../src/shared/chartData';
import type { ChartColour, Theme } from './theme';

/** States that are trouble have the colour of trouble; what is at rest a quiet one. */
const stateColours: Record<string, ChartColour> = {
  dead: 'red',
  starting: 'green',
  silent: 'yellow',
  asleep: 'blue',
  paused: 'blue',
};
const phasePalette: readonly ChartColour[] = ['purple', 'blue', 'green'];

/** The colour of a phase's name, the same wherever and whenever it is drawn. */
function phaseColour(label: string): ChartColour {
  const number = [...label].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7);
  return phasePalette[number % phasePalette.length] ?? 'purple';
}

export function bandColour({ kind, label }: ChartBand, { charts, descriptionForeground }: Theme): string {
  if (kind === 'phase') return charts[phaseColour(label)];
  const colour = Object.hasOwn(stateColours, label) ? stateColours[label] : undefined;
  return kind === 'state' && colour ? charts[colour] : descriptionForeground;
}

/** A row of the strip of bands: the run's phases, or one engine's states and resets. */
export interface Lane {
  id: string;
  name: string;
  bands: ChartBand[];
}

/** The lanes of what touches a stretch of time: phases first, then engines in the order of their names' numbers. */
export function lanesOf(bands: readonly ChartBand[], from: number, to: number): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const band of bands) {
    if (band.from > to || (band.to ?? (band.kind === 'reset' ? band.from : Infinity)) < from) continue;
    const id = band.engine?.id ?? '';
    const lane = lanes.get(id) ?? { id, name: band.engine?.name ?? 'phase', bands: [] };
    lanes.set(id, { ...lane, bands: [...lane.bands, band] });
  }
  const number = ({ id, name }: Lane): string => (id === '' ? '' : name);
  return [...lanes.values()].sort((a, b) => number(a).localeCompare(number(b), 'en', { numeric: true }));
}

/** What is so at a moment: `phase generate`, `engine 1 dead`. A reset is said for ten seconds. */
export function bandWords(lanes: readonly Lane[], at: number): string[] {
  return lanes.flatMap(({ name, bands }) => {
    const band = bands.findLast(
      ({ kind, from, to }) => from <= at && (kind === 'reset' ? at - from < 10_000 : (to ?? Infinity) > at),
    );
    return band ? [`${name} ${band.label}`] : [];
  });
}

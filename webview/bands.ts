/** Training phases, engine states and resets: their colours, their lanes, and their names at a moment. */
import type { ChartBand } from '../src/shared/chartData';
import type { ChartColour, Theme } from './theme';

/** Colours by state: warning colours for trouble, calm ones for rest. */
const stateColours: Record<string, ChartColour> = {
  dead: 'red',
  starting: 'green',
  silent: 'yellow',
  asleep: 'blue',
  paused: 'blue',
};
const phasePalette: readonly ChartColour[] = ['purple', 'blue', 'green'];
/** How long the name of a reset is shown after it. */
const resetNameMs = 10_000;

/** The colour of a phase, which depends on its name alone. */
function phaseColour(label: string): ChartColour {
  const hash = [...label].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7);
  return phasePalette[hash % phasePalette.length] ?? 'purple';
}

/** The colour of an engine's state. */
export function stateColour(state: string, { charts, descriptionForeground }: Theme): string {
  const colour = Object.hasOwn(stateColours, state) ? stateColours[state] : undefined;
  return colour ? charts[colour] : descriptionForeground;
}

/** The colour of a band. */
export function bandColour({ kind, label }: ChartBand, theme: Theme): string {
  if (kind === 'phase') return theme.charts[phaseColour(label)];
  return kind === 'state' ? stateColour(label, theme) : theme.descriptionForeground;
}

/** A row of the timeline: the run's phases, or the states and resets of one engine. */
export interface Lane {
  /** ID of the engine; empty for the phases. */
  id: string;
  name: string;
  bands: ChartBand[];
}

/**
 * The lanes of the bands that touch a time range: phases first, then engines in the order of the numbers in their
 * names.
 */
export function lanesOf(bands: readonly ChartBand[], from: number, to: number): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const band of bands) {
    if (band.from > to || (band.to ?? (band.kind === 'reset' ? band.from : Infinity)) < from) continue;
    const id = band.engine?.id ?? '';
    const lane = lanes.get(id);
    if (lane) lane.bands.push(band);
    else lanes.set(id, { id, name: band.engine?.name ?? 'phase', bands: [band] });
  }
  const sortKey = ({ id, name }: Lane): string => (id === '' ? '' : name);
  return [...lanes.values()].sort((a, b) => sortKey(a).localeCompare(sortKey(b), 'en', { numeric: true }));
}

/** The bands at a time: `phase generate`, `engine 1 dead`. */
export function bandTexts(lanes: readonly Lane[], at: number): string[] {
  return lanes.flatMap(({ name, bands }) => {
    const band = bands.findLast(
      ({ kind, from, to }) => from <= at && (kind === 'reset' ? at - from < resetNameMs : (to ?? Infinity) > at),
    );
    return band ? [`${name} ${band.label}`] : [];
  });
}

/** Series and states of many engines on many nodes. */
import type { ChartBand, ChartData, ChartSeries } from '../../src/shared/chartData';
import type { SubjectChoice } from '../../src/shared/subjectChoice';

const minuteMs = 60_000;
const phases = ['wait_for_generation_buffer', 'run_training', 'sync_weights'];

/** How many engines there are, on how many nodes, and for how long. */
export interface HeatmapRun {
  engines: number;
  nodes: number;
  minutes: number;
  measures: readonly string[];
  /** Distance of two points; 10 unless told otherwise. */
  stepSeconds?: number;
  /** The state of all engines, instead of a mixture. */
  state?: string;
}

/** The engines, as the host lists them. Engine 3 is dead, engine 5 starts, and the engines of the second node sleep. */
export function heatmapEngines({ engines, nodes, state: ofAll }: HeatmapRun): SubjectChoice[] {
  return Array.from({ length: engines }, (_, index) => {
    const node = Math.floor((index * nodes) / engines);
    const state =
      ofAll !== undefined ? ofAll : index === 3 ? 'dead' : index === 5 ? 'starting' : node === 1 ? 'asleep' : 'active';
    return { id: `w${index}`, name: `engine ${index}`, node: `10.0.0.${node + 1}`, state };
  });
}

/** Of a dead engine, values end; of one that sleeps, they are 0. */
function engineValue(subject: SubjectChoice, index: number, step: number, stepsLeft: number): number | null {
  if (subject.state === 'dead' && stepsLeft < 30) return null;
  if (subject.state === 'starting' && stepsLeft < 60 && stepsLeft > 6) return null;
  if (subject.state === 'asleep' && stepsLeft < 18) return 0;
  return Math.min(
    1,
    Math.max(0, 0.5 + 0.4 * Math.sin(step / 25 + index / 9) + 0.09 * Math.sin(step * 1.7 + index * 3)),
  );
}

function stateBands(subjects: readonly SubjectChoice[], now: number): ChartBand[] {
  const secondsAgo: Record<string, number> = { dead: 300, starting: 600, asleep: 180 };
  return subjects.flatMap(({ state = '', id, name, node }) => {
    const seconds = secondsAgo[state];
    if (seconds === undefined) return [];
    return [
      {
        kind: 'state' as const,
        engine: { id, name, ...(node !== undefined && { node }) },
        from: now - seconds * 1000,
        label: state,
      },
    ];
  });
}

function phaseBands(now: number, minutes: number): ChartBand[] {
  return Array.from({ length: minutes }, (_, minute) => ({
    kind: 'phase' as const,
    from: now - (minutes - minute) * minuteMs,
    ...(minute < minutes - 1 && { to: now - (minutes - minute - 1) * minuteMs }),
    label: phases[minute % phases.length]!,
  }));
}

/** The series of all engines and the bands, as the host would send them. The newest point is at `now`. */
export function heatmapData(now: number, run: HeatmapRun): ChartData {
  const subjects = heatmapEngines(run);
  const stepMs = (run.stepSeconds ?? 10) * 1000;
  const steps = (run.minutes * minuteMs) / stepMs;
  const times = Array.from({ length: steps }, (_, step) => now - (steps - 1 - step) * stepMs);
  const series = run.measures.flatMap((measure) =>
    subjects.map(({ state: _, ...engine }, index): ChartSeries => ({
      measure,
      engine,
      at: [...times],
      value: times.map((_time, step) => engineValue(subjects[index]!, index, step, steps - step)),
    })),
  );
  const bands = [...phaseBands(now, run.minutes), ...stateBands(subjects, now)].sort((a, b) => a.from - b.from);
  return { series, bands, engineCount: run.engines };
}

/** The data of a run of an hour: series, training phases, engines that die, restart or sleep, and a distribution. */
import type { ChartBand, ChartData, ChartDistribution } from '../../src/shared/chartData';
import { runSeries } from './runSeries';

const minuteMs = 60_000;
const runMinutes = 60;
const phases = [
  { label: 'generate', ms: 170_000 },
  { label: 'train', ms: 90_000 },
  { label: 'sync weights', ms: 22_000 },
] as const;

/** The phases one after the other; the last one has not ended. */
function phaseBands(from: number, to: number): ChartBand[] {
  const bands: ChartBand[] = [];
  for (let at = from, index = 0; at < to; index++) {
    const { label, ms } = phases[index % phases.length]!;
    bands.push({ kind: 'phase', from: at, label, ...(at + ms < to && { to: at + ms }) });
    at += ms;
  }
  return bands;
}

/** Phases, and the states of two engines. */
function runBands(now: number): ChartBand[] {
  const engine = (index: number): ChartBand['engine'] & object => ({ id: `worker-${index}`, name: `engine ${index}` });
  const engineBands: ChartBand[] = [
    { kind: 'state', engine: engine(1), from: now - 9 * minuteMs, to: now - 7 * minuteMs, label: 'dead' },
    { kind: 'reset', engine: engine(1), from: now - 7 * minuteMs, label: 'restarted' },
    { kind: 'state', engine: engine(1), from: now - 7 * minuteMs, to: now - 6.5 * minuteMs, label: 'starting' },
    { kind: 'state', engine: engine(3), from: now - 4 * minuteMs, to: now - 2 * minuteMs, label: 'asleep' },
  ];
  return [...phaseBands(now - runMinutes * minuteMs, now), ...engineBands].sort((a, b) => a.from - b.from);
}

/**
 * Times to first token in rate windows of thirty seconds, one every ten seconds, with a second peak that comes and
 * goes.
 */
export function ttftDistribution(now: number, minutes = runMinutes): ChartDistribution {
  const bounds = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
  ];
  const steps = minutes * 6;
  const to = Array.from({ length: steps }, (_, step) => now - (steps - 1 - step) * 10_000);
  const counts = to.map((_, step) => {
    const inBuckets = bounds.map((bound, bucket) => {
      const peak = (middle: number, width: number, height: number): number =>
        height * Math.exp(-((bucket - middle) ** 2) / (2 * width ** 2));
      if (bound > 20) return 0;
      return Math.round(
        peak(9 + 1.5 * Math.sin(step / 40), 1.4, 60) + peak(14, 0.9, 22 * Math.max(0, Math.sin(step / 25))),
      );
    });
    return [...inBuckets, 0];
  });
  return { histogram: 'ttft_seconds', bounds, from: to.map((at) => at - 30_000), to, counts };
}

/** Everything about a run that ends now, as the host would send it. */
export function runData(now: number, engines = 4, names: string[] = []): ChartData {
  return {
    ...runSeries(now, runMinutes, engines, names),
    bands: runBands(now),
    distributions: [ttftDistribution(now)],
  };
}

/** What a run of an hour looks like beside its lines: training phases, an engine that dies and is followed, one that sleeps, and how long first tokens took. */
import type { ChartBand, ChartData, ChartDistribution } from '../../src/shared/chartData';
import { livingRun } from './snapshots';

const minuteMs = 60_000;
const phases = ['generate', 'train', 'sync weights'] as const;
const lengths = [170_000, 90_000, 22_000] as const;

function phaseBands(from: number, to: number): ChartBand[] {
  const bands: ChartBand[] = [];
  for (let at = from, index = 0; at < to; index++) {
    const end = at + (lengths[index % 3] ?? minuteMs);
    bands.push({ kind: 'phase', from: at, label: phases[index % 3] ?? '', ...(end < to && { to: end }) });
    at = end;
  }
  return bands;
}

/** The bands of a run that ends now. */
export function bandsOf(now: number, minutes = 60): ChartBand[] {
  const engine = (index: number): ChartBand['engine'] & object => ({ id: `worker-${index}`, name: `engine ${index}` });
  return [
    ...phaseBands(now - minutes * minuteMs, now),
    { kind: 'state', engine: engine(1), from: now - 9 * minuteMs, to: now - 7 * minuteMs, label: 'dead' },
    { kind: 'reset', engine: engine(1), from: now - 7 * minuteMs, label: 'restarted' },
    { kind: 'state', engine: engine(1), from: now - 7 * minuteMs, to: now - 6.5 * minuteMs, label: 'starting' },
    { kind: 'state', engine: engine(3), from: now - 4 * minuteMs, to: now - 2 * minuteMs, label: 'asleep' },
  ].sort((a, b) => a.from - b.from) as ChartBand[];
}

/** Windows of thirty seconds, each ten seconds after the one before, with a second hump of slow ones that comes and goes. */
export function ttftOf(now: number, minutes = 60): ChartDistribution {
  const bounds = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
  ];
  const steps = minutes * 6;
  const to = Array.from({ length: steps }, (_, step) => now - (steps - 1 - step) * 10_000);
  const counts = to.map((_, step) =>
    bounds
      .map((bound, bucket) => {
        const hump = (middle: number, width: number, high: number): number =>
          high * Math.exp(-((bucket - middle) ** 2) / (2 * width ** 2));
        return bound > 20
          ? 0
          : Math.round(
              hump(9 + 1.5 * Math.sin(step / 40), 1.4, 60) + hump(14, 0.9, 22 * Math.max(0, Math.sin(step / 25))),
            );
      })
      .concat(0),
  );
  return { histogram: 'ttft_seconds', bounds, from: to.map((at) => at - 30_000), to, counts };
}

/** A whole run of an hour for the page. */
export function fullRun(now: number, engines = 4, names: string[] = []): ChartData {
  return { ...livingRun(now, 60, engines, names), bands: bandsOf(now), distributions: [ttftOf(now)] };
}

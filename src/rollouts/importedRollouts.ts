/** Rollouts and steps of an import, from the measures of its engines. An export has no counters, so tokens are not known. */
import { WorkHistory } from '../history/workHistory';
import type { EngineReading, WorkReading } from '../history/workReading';
import { reportIntervalMs } from '../metrics/reportInterval';
import type { ChartData, ChartSeries } from '../shared/chartData';
import type { Rollout } from '../shared/rollout';
import { RolloutTracker } from './rolloutTracker';

/** Measures that say whether an engine has requests, and those that say only that it was read. */
const requestMeasures = ['num_requests_running', 'num_requests_waiting'];
const kvMeasure = 'kv_cache_usage_perc';
const rateMeasure = 'generation_throughput_tok_s';

/** What an export says of one engine at one time. */
interface EngineMoment {
  name: string;
  requests: number[];
  kvUsage?: number;
  rate?: number;
}

/** The values of a series by time, without gaps. */
function visit({ at, value }: ChartSeries, visitor: (time: number, value: number) => void): void {
  at.forEach((time, index) => {
    const one = value[index];
    if (one !== null && one !== undefined) visitor(time, one);
  });
}

/** An engine on Ray without requests has no gauges, but a rate of 0; a rate says what was until a report ago. */
function loadOf({ requests, rate }: EngineMoment): EngineReading['load'] {
  if (requests.some((count) => count > 0)) return 'busy';
  return requests.length > 0 || rate === 0 ? 'idle' : 'unknown';
}

/** A reading for each time at which an engine has a value, in the order of time. */
function toReadings({ series, bands }: ChartData): WorkReading[] {
  const moments = new Map<number, Map<string, EngineMoment>>();
  const rates = new Map<number, number>();
  for (const one of series) {
    const { measure, engine } = one;
    if (measure === rateMeasure && !engine) visit(one, (time, value) => rates.set(time, value));
    if (!engine || engine.nonEngine) continue;
    const { id, name } = engine;
    visit(one, (time, value) => {
      const engines = moments.get(time) ?? new Map<string, EngineMoment>();
      moments.set(time, engines);
      const moment = engines.get(id) ?? { name, requests: [] };
      engines.set(id, moment);
      if (requestMeasures.includes(measure)) moment.requests.push(value);
      if (measure === kvMeasure) moment.kvUsage = value;
      if (measure === rateMeasure) moment.rate = value;
    });
  }
  const phases = bands.filter(({ kind }) => kind === 'phase');
  const phaseAt = (time: number): string =>
    phases.find(({ from, to = Infinity }) => from <= time && time < to)?.label ?? '';
  return [...moments]
    .sort(([a], [b]) => a - b)
    .map(([at, engines]): WorkReading => {
      const rate = rates.get(at);
      return {
        at,
        engines: [...engines].map(([id, moment]): EngineReading => {
          const { name, kvUsage } = moment;
          return {
            id,
            name,
            at,
            lagMs: reportIntervalMs,
            totals: {},
            load: loadOf(moment),
            ...(kvUsage !== undefined && { kvUsage }),
          };
        }),
        ...(phases.length > 0 && { phase: phaseAt(at) }),
        ...(rate !== undefined && { generationRate: rate }),
      };
    });
}

/** The rollouts of an import, oldest first, as exact as its points: after an hour, those are minutes. */
export function importedRollouts(data: ChartData): readonly Rollout[] {
  const work = new WorkHistory();
  for (const reading of toReadings(data)) work.add(reading);
  const states = data.bands.filter(({ kind }) => kind === 'state');
  return new RolloutTracker().update({
    work,
    bandsBetween: (from, to) => states.filter((band) => band.from <= to && (band.to ?? Infinity) >= from),
  }).all;
}

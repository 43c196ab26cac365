/** Which fault begins and ends when, by seed. Faults of one group exclude each other; those of several meet. */
import { faults } from './faults';

/** Faults of one group act on the same thing. */
const groupPatterns: readonly RegExp[] = [
  /^(target|agent|engine)/,
  /^(dashboard|token|name|discovery)/,
  /^(clock|machine)/,
  /^(disk|storage|window)/,
];

/** Times between faults of a group, and how long a fault lasts, in ms of the simulation. */
const pauses = { from: 10_000, to: 110_000 };
const durations = { from: 3_000, to: 75_000 };

/** A fault from a time to a time, in ms since the beginning of the run. */
export interface ScheduledFault {
  name: string;
  from: number;
  to: number;
}

/**
 * The faults of a run of `ms`, in the order of their beginnings. Each of a group occurs before one occurs twice. `pace`
 * stretches the pauses and how long faults last.
 */
export function scheduleFaults(
  random: () => number,
  ms: number,
  names = Object.keys(faults),
  pace = 1,
): ScheduledFault[] {
  const between = ({ from, to }: { from: number; to: number }): number => (from + random() * (to - from)) * pace;
  return groupPatterns
    .flatMap((pattern) => {
      const group = names.filter((name) => pattern.test(name));
      const scheduled: ScheduledFault[] = [];
      let bag: string[] = [];
      for (let from = between(pauses); from < ms && group.length > 0;) {
        if (bag.length === 0) bag = [...group];
        const [name = ''] = bag.splice(Math.floor(random() * bag.length), 1);
        const to = from + between(durations);
        scheduled.push({ name, from, to });
        from = to + between(pauses);
      }
      return scheduled;
    })
    .sort((a, b) => a.from - b.from);
}

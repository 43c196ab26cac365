/**
 * `npm run chaos -- [--minutes N] [--seed N] [--fault NAME …] [--verbose]`: a chaos run; `--soak [--hours N]
 * [--engines N] [--interval SECONDS]`: a soak.
 */
import { parseArgs } from 'node:util';
import { faults } from './faults';
import { runSoak } from './soak';
import { runChaos, type ChaosViolation } from './runChaos';

/** The first violation of each kind, with how many there are: ids and numbers make no other kind. */
function* firstOfEachKind(violations: readonly ChaosViolation[]): Generator<string, void> {
  const kinds = new Map<string, ChaosViolation[]>();
  for (const violation of violations) {
    const kind = `${violation.what} ${String(violation.shown)}`.replace(/\b[\da-f]{12,}\b|[\d.]+/g, '…');
    kinds.set(kind, [...(kinds.get(kind) ?? []), violation]);
  }
  for (const [first, ...more] of kinds.values())
    if (first) yield `${describe(first)} (and ${more.length} more of this kind)`;
}

const describe = ({ seed, second, faults: names, what, shown, truth }: ChaosViolation): string =>
  `seed ${seed}, second ${second}, ${names.join(' + ') || 'no fault'}: ${what}: shown ${JSON.stringify(shown)}, true ${JSON.stringify(truth)}`;

async function soak(engines: number, hours: number, seconds: number): Promise<void> {
  const startedAt = performance.now();
  const size = { engines, nodes: Math.ceil(engines / 8) };
  const { violations } = await runSoak({
    size,
    hours,
    intervalMs: seconds * 1000,
    onHour: ({ hour, scrapes, bytes, bufferBytes, historyBytes, diskBytes, ...counts }) => {
      const [memory, buffers, history, disk] = [bytes, bufferBytes, historyBytes, diskBytes].map((each) =>
        (each / 2 ** 20).toFixed(1),
      );
      const others = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
      console.log(
        `hour ${hour}: ${scrapes} scrapes, ${memory} MB (${buffers} in buffers; history ${history}), disk ${disk} MB, ${others.join(', ')}`,
      );
    },
  });
  for (const violation of new Set(violations)) console.log(violation);
  console.log(
    `${hours} simulated hours of ${engines} engines in ${Math.round((performance.now() - startedAt) / 1000)} s; ${violations.length} violations`,
  );
  process.exitCode = violations.length === 0 ? 0 : 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      fault: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
      soak: { type: 'boolean', default: false },
      hours: { type: 'string', default: '24' },
      engines: { type: 'string', default: '64' },
      interval: { type: 'string', default: '60' },
    },
  });
  if (values.soak) return soak(Number(values.engines), Number(values.hours), Number(values.interval));
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  const unknown = values.fault.find((name) => !(name in faults));
  if (unknown !== undefined || !(minutes > 0) || !Number.isSafeInteger(seed)) {
    console.error(
      `npm run chaos -- [--minutes N] [--seed N] [--fault NAME …] [--verbose]; faults: ${Object.keys(faults).join(', ')}`,
    );
    process.exitCode = 2;
    return;
  }
  const startedAt = performance.now();
  const result = await runChaos({
    seed,
    minutes,
    ...(values.fault.length > 0 && { names: values.fault }),
    ...(values.verbose && { log: (message: string) => console.log(message) }),
    onProgress: (minute, { violations, snapshots }) =>
      console.log(`minute ${minute}: ${snapshots} snapshots, ${violations.length} violations`),
  });
  for (const line of firstOfEachKind(result.violations)) console.log(line);
  const { snapshots, calmSnapshots, compared, comparedPoints, windows, heap } = result;
  const megabytes = heap.map(({ bytes }) => (bytes / 2 ** 20).toFixed(1)).join(', ');
  console.log(
    `${minutes} simulated minutes in ${Math.round((performance.now() - startedAt) / 1000)} s: ${snapshots} snapshots ` +
      `(${calmSnapshots} with everything required to be right), ${compared} measures and ${comparedPoints} points compared, ` +
      `${windows} windows, ${[...result.faults.values()].reduce((sum, count) => sum + count, 0)} faults of ${result.faults.size} kinds, ` +
      `heap in MB: ${megabytes || 'not measured'}; ${result.violations.length} violations`,
  );
  process.exitCode = result.violations.length === 0 ? 0 : 1;
}

void main();

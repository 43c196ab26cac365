/**
 * `npm run fuzz -- [TARGET …] [--minutes N] [--seed N] [--keep]`: runs the targets in turn, on new inputs until the time
 * is over. An input that fails is printed as small as it can be made; `--keep` also keeps it as a fixture.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnyFuzzTarget } from './fuzzTarget';
import { keptInputsFolder, runFuzz, type FuzzFailure } from './runFuzz';
import { fuzzTargets } from './targets';

/** So few that all targets get their turn, and so many that a turn has the cases of several seconds. */
const casesPerTurn = 500;

function keepInput({ name }: AnyFuzzTarget, { input }: FuzzFailure): string {
  const text = `${JSON.stringify(input, undefined, 1)}\n`;
  const file = join(keptInputsFolder, `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.json`);
  writeFileSync(file, text);
  return file;
}

/** Runs the targets in turn until the time is over; whether no input failed. */
async function fuzz(
  targets: readonly AnyFuzzTarget[],
  minutes: number,
  firstSeed: number,
  keep: boolean,
): Promise<boolean> {
  const end = performance.now() + minutes * 60_000;
  const totals = new Map(targets.map((target) => [target, { cases: 0, lines: 0, failures: 0, ms: 0 }]));
  for (let seed = firstSeed; performance.now() < end; seed += 1) {
    for (const [target, total] of totals) {
      const startedAt = performance.now();
      const { cases, lines, failure } = await runFuzz(target, seed, casesPerTurn);
      total.cases += cases;
      total.lines += lines;
      total.ms += performance.now() - startedAt;
      if (!failure) continue;
      total.failures += 1;
      console.log(`\n${target.name}, seed ${seed}:\n${JSON.stringify(failure.input)}\n${failure.error}`);
      if (keep) console.log(`kept as ${keepInput(target, failure)}`);
    }
  }
  for (const [{ name, about }, { cases, lines, failures, ms }] of totals)
    console.log(`${name}: ${cases} inputs, ${lines} lines, ${failures} failed, ${Math.round(ms / 1000)} s (${about})`);
  return [...totals.values()].every(({ failures }) => failures === 0);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !fuzzTargets.some((target) => target.name === name));
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (unknown !== undefined || !(minutes > 0) || !Number.isSafeInteger(seed)) {
    console.error(
      `npm run fuzz -- [TARGET …] [--minutes N] [--seed N] [--keep]; targets: ${fuzzTargets.map(({ name }) => name).join(', ')}`,
    );
    process.exitCode = 2;
    return;
  }
  const targets = fuzzTargets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  process.exitCode = (await fuzz(targets, minutes, seed, values.keep)) ? 0 : 1;
}

void main();

/** Runs fuzz targets on inputs by seed, and makes inputs that fail as small as possible. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { AnyFuzzTarget } from './fuzzTarget';

/** An input that breaks a rule, made as small as possible. */
export interface FuzzFailure {
  seed: number;
  input: unknown;
  error: string;
}

/** What a run did. */
export interface FuzzResult {
  cases: number;
  lines: number;
  failure?: FuzzFailure;
}

/** Runs a target on some inputs. The same seed gives the same inputs. */
export async function runFuzz(target: AnyFuzzTarget, seed: number, cases: number): Promise<FuzzResult> {
  let lines = 0;
  const property = fc.asyncProperty(target.inputs, async (input) => {
    lines += target.lineCount?.(input) ?? 1;
    await target.check(input);
  });
  const { counterexample, errorInstance, numRuns } = await fc.check(property, { seed, numRuns: cases });
  if (counterexample === null) return { cases: numRuns, lines };
  const error = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return { cases: numRuns, lines, failure: { seed, input: counterexample[0], error } };
}

/** Inputs that once failed. Each stays a test. */
export const keptInputsFolder = join('test', 'fixtures', 'hostile', 'fuzz');

/** The kept inputs of a target by file name. */
export function keptInputs({ name }: AnyFuzzTarget): Map<string, unknown> {
  const files = readdirSync(keptInputsFolder).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.json'));
  return new Map(
    files.map((file) => [file, JSON.parse(readFileSync(join(keptInputsFolder, file), 'utf8')) as unknown]),
  );
}

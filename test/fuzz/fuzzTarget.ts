/** What can be fuzzed: inputs that are built by their structure, and what must hold for each. */
import type fc from 'fast-check';

/** One kind of input. Inputs are plain JSON, so that those that fail can be kept as files. */
export interface FuzzTarget<Input> {
  name: string;
  /** What is compared with what, one line. */
  about: string;
  inputs: fc.Arbitrary<Input>;
  /** Throws, or rejects, if the input breaks a rule. */
  check: (input: Input) => Promise<void> | void;
  /** How many lines an input has, for the figures; by default one. */
  lineCount?: (input: Input) => number;
  /** Inputs of a short run. */
  shortCases: number;
}

/** A target, whatever its inputs are. */
export type AnyFuzzTarget = FuzzTarget<unknown>;

/** Forgets the type of a target's inputs, so that targets can be listed. */
export const anyTarget = <Input>(target: FuzzTarget<Input>): AnyFuzzTarget => target as unknown as AnyFuzzTarget;

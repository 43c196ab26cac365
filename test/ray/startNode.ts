/** Starts a node of a real Ray, once, however long its daemons need. */

/** What Ray's command came to. */
export interface StartAnswer {
  code: number;
  output: string;
  /** How many processes it left running. */
  kept: number;
}

export interface StartOptions {
  /** Runs `ray start` to its end. */
  runCommand: () => Promise<StartAnswer>;
  /** How many nodes Ray says are alive; undefined if it does not answer. */
  countAlive: () => Promise<number | undefined>;
  /** How many there are with the new one. */
  expected: number;
  /** Waits a moment; false if the node had its time. */
  pause: () => Promise<boolean>;
}

/**
 * Ray's command fails if the daemons need longer than it waits, which they may on a busy machine. They start all the
 * same, so that a second try would make one node too many. What counts is what Ray itself says.
 * @throws {Error} with the command's output, if the node does not come up, or comes up without its dashboard
 */
export async function startNode({ runCommand, countAlive, expected, pause }: StartOptions): Promise<void> {
  const { code, output, kept } = await runCommand();
  const failure = new Error(`ray start failed: ${output.slice(-4000)}`);
  // Ray starts without its dashboard if that fails, and says so among other things.
  if (/Failed to start the dashboard/.test(output)) throw failure;
  if (code === 0) return;
  if (kept === 0) throw failure;
  while ((await countAlive()) !== expected) if (!(await pause())) throw failure;
}

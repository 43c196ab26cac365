/** The form of a script that bash and the reader are compared on. */

/** A script, and the keys that only a run can know. */
export interface ScriptCase {
  title: string;
  script: string;
  /** Engine keys without their prefix, other keys in full. */
  unresolved?: readonly string[];
}

/** A case; `~~` in the script is written out as `generator.inference_engine.`. */
export const scriptCase = (title: string, script: string, unresolved?: readonly string[]): ScriptCase => ({
  title,
  script: `${script.replaceAll('~~', 'generator.inference_engine.').replace(/^\n/, '')}\n`,
  ...(unresolved && { unresolved }),
});

/** Reads what is written after `npm test --`. */
import { parseArgs } from 'node:util';

const usage = `Usage: npm test [-- STAGE …]     every stage, or those named
       npm test -- --list       the stages and their usual time`;

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} known the names of all stages
 * @returns {{ list: boolean, names: string[] }} no names: every stage
 * @throws {Error} with words for people, if an argument is unknown
 */
export function readTestArguments(args, known) {
  const { values, positionals } = parseArgs({ args: [...args], strict: false, allowPositionals: true });
  const { list = false, ...others } = values;
  const option = Object.keys(others)[0] ?? (typeof list === 'string' ? `list=${list}` : undefined);
  if (option !== undefined) throw new Error(`unknown option ${option.length > 1 ? '--' : '-'}${option}\n${usage}`);
  const stage = positionals.find((name) => !known.includes(name));
  if (stage !== undefined) throw new Error(`no stage ${stage}; there are ${known.join(', ')}\n${usage}`);
  return { list: Boolean(list), names: [...new Set(positionals)] };
}

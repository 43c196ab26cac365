/** The shell's parser, which is loaded at the first script. */
import type { ParsedScript } from 'unbash';

let loaded: typeof import('unbash') | undefined;

/** Loads the parser; has to be done before `parse`. */
export async function loadParser(): Promise<void> {
  loaded ??= await import('unbash');
}

/** Parses a script. Never throws. */
export function parse(text: string): ParsedScript {
  if (!loaded) throw new Error('the parser of scripts is not loaded');
  return loaded.parse(text);
}

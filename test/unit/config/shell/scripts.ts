/** All scripts that bash and the reader are compared on. */
import { expansions } from './scripts/expansions';
import { flow } from './scripts/flow';
import { nested } from './scripts/nested';
import { words } from './scripts/words';

export const scripts = [...words, ...expansions, ...flow, ...nested];

/** Which engines the rules look at. */
import type { Engine } from '../api';
import { isLiving } from '../metrics/engineState';

/** Engines that are neither dead nor gone. */
export const livingEngines = (engines: readonly Engine[]): Engine[] => engines.filter(isLiving);

/** Engines that are at work. */
export const activeEngines = (engines: readonly Engine[]): Engine[] =>
  engines.filter(({ state }) => state === 'active');

/** Which engines the rules look at. */
import type { Engine } from '../api';
import { isLiving } from '../metrics/engineState';

/** Engines that are neither dead nor gone. */
export const livingEngines = <Each extends Engine>(engines: readonly Each[]): Each[] => engines.filter(isLiving);

/** Engines that are at work. */
export const activeEngines = <Each extends Engine>(engines: readonly Each[]): Each[] =>
  engines.filter(({ state }) => state === 'active');

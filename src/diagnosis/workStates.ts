/** When work is expected of engines. */
import type { Engine, EngineState } from '../api';
import type { DiagnosisInput } from './rule';

/** States in which no work is expected from an engine, whatever its last numbers were. */
const restingStates: ReadonlySet<EngineState> = new Set(['starting', 'asleep', 'paused', 'dead', 'gone']);

/** The phase in which SkyRL sends new weights: engines do not move, with or without requests. */
const syncPhase = 'sync_weights';

/** Whether SkyRL is sending new weights to the engines. */
export const isSyncing = ({ phase }: Pick<DiagnosisInput, 'phase'>): boolean => phase?.name === syncPhase;

/** Whether an engine is in a state in which it may be at work. */
export const mayWork = ({ state }: Pick<Engine, 'state'>): boolean => !restingStates.has(state);

/**
 * The scenario of the demonstration: four engines on two nodes, of which one fills its cache, one is slow, and one
 * dies.
 */
import type { Scenario } from './scenario';

/** Five minutes, repeated. */
export const demonstrationScenario: Scenario = {
  nodes: 2,
  stepMs: 250,
  cycleSeconds: 300,
  headStartSeconds: 24,
  engines: [
    { node: 0, arrivals: 9.5, slowness: 1, speculation: true },
    { node: 0, arrivals: 1.5, slowness: 3.5, speculation: false },
    { node: 1, arrivals: 10.5, slowness: 1, speculation: false },
    { node: 1, arrivals: 6.3, slowness: 1, speculation: false },
  ],
  phases: [
    [0, 'wait_for_generation_buffer'],
    [50, 'convert_to_training_input'],
    [55, 'run_training'],
    [95, 'sync_weights'],
    [103, 'wait_for_generation_buffer'],
    [160, 'convert_to_training_input'],
    [165, 'run_training'],
    [205, 'sync_weights'],
    [213, 'eval'],
    [235, 'save_checkpoints'],
    [285, undefined],
  ],
  demand: [
    [0, 0.6],
    [30, 0.85],
    [60, 1],
    [150, 1],
    [170, 0.5],
    [190, 0.15],
    [205, 0],
    [300, 0],
  ],
  events: [
    { at: 110, engine: 3, event: 'die' },
    { at: 120, engine: 3, event: 'restart' },
    { at: 135, engine: 3, event: 'ready' },
    { at: 235, engine: 'all', event: 'sleep' },
    { at: 290, engine: 'all', event: 'wake' },
  ],
};

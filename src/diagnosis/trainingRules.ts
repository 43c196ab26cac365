/** Rules about the trainer's own metrics: training that waits for generation, and the reverse. */
import { formatDuration } from '../shared/format';
import { livingEngines } from './engineSelection';
import type { DiagnosisInput, DiagnosisRule } from './rule';
import { formatCatalogValue, measureValue } from './thresholds';

/** A shorter wait, in ms, is the ordinary change of phases. */
const longWaitMs = 60_000;

/** How full the generation buffer is, as the end of a sentence; empty if unknown. */
function bufferText({ measures }: DiagnosisInput): string {
  const size = measureValue(measures, 'gen_buffer_qsize');
  const maxSize = measureValue(measures, 'gen_buffer_maxsize');
  if (size === undefined) return '';
  return maxSize === undefined
    ? `; ${size} groups are in the buffer`
    : `; ${size} of ${maxSize} groups are in the buffer`;
}

/** The rules about training and generation that wait for each other. */
export const trainingRules: readonly DiagnosisRule[] = [
  {
    id: 'training-waits',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: (input) => {
      const { phase, now } = input;
      if (phase?.name !== 'wait_for_generation_buffer' || now - phase.since < longWaitMs) return [];
      return [
        {
          severity: 'info',
          since: phase.since,
          message: `Training has waited for generation for ${formatDuration(now - phase.since)}${bufferText(input)}.`,
          advice: 'Generation is the bottleneck: look at the engines’ load, add engines, or shorten outputs.',
        },
      ];
    },
  },
  {
    id: 'generation-waits',
    judges: 'work',
    holdForMs: 20_000,
    keepFiringMs: 0,
    detect: (input) => {
      const { engines, measures, phase } = input;
      const fill = measureValue(measures, 'gen_buffer_fill');
      const living = livingEngines(engines);
      const allIdle =
        living.length > 0 &&
        living.every(
          (engine) => engine.state !== 'active' || measureValue(engine.measures, 'num_requests_running') === 0,
        );
      if (fill === undefined || fill < 1 || !allIdle) return [];
      return [
        {
          severity: 'info',
          message: `Generation waits for training: the buffer is ${formatCatalogValue('gen_buffer_fill', fill)} full and the engines are idle${phase ? `, in ${phase.name}` : ''}.`,
          advice: 'Training is the bottleneck: fewer engines would do, or a larger share of the GPUs for training.',
        },
      ];
    },
  },
];

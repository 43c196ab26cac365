/** Rules over what the trainer says of itself: who waits for whom. */
import { formatDuration } from '../shared/format';
import { livingEngines, measureValue, formatCatalogValue, type DiagnosisInput, type DiagnosisRule } from './types';

/** Less is the ordinary change of phases. */
const waitsLong = 60_000;

function buffer({ measures }: DiagnosisInput): string {
  const [filled, room] = [measureValue(measures, 'gen_buffer_qsize'), measureValue(measures, 'gen_buffer_maxsize')];
  if (filled === undefined) return '';
  return room === undefined
    ? `; ${filled} groups are in the buffer`
    : `; ${filled} of ${room} groups are in the buffer`;
}

export const trainingRules: readonly DiagnosisRule[] = [
  {
    id: 'training-waits',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: (input) => {
      const { phase, now } = input;
      if (phase?.name !== 'wait_for_generation_buffer' || now - phase.since < waitsLong) return [];
      return [
        {
          severity: 'info',
          since: phase.since,
          message: `Training has waited for generation for ${formatDuration(now - phase.since)}${buffer(input)}.`,
          advice: 'Generation is the bottleneck: look at the engines’ load, add engines, or shorten outputs.',
        },
      ];
    },
  },
  {
    id: 'generation-waits',
    holdForMs: 20_000,
    keepFiringMs: 0,
    detect: (input) => {
      const { engines, measures, phase } = input;
      const fill = measureValue(measures, 'gen_buffer_fill');
      const there = livingEngines(engines);
      const idle =
        there.length > 0 &&
        there.every(
          ({ state, measures: own }) => state !== 'active' || measureValue(own, 'num_requests_running') === 0,
        );
      if (fill === undefined || fill < 1 || !idle) return [];
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

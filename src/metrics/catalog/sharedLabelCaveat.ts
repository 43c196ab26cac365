/** A known error of vLLM that affects every counter that is split by a label. */
import type { Caveat } from './types';

/** vLLM before 0.21 uses one object for all label values of a family on Ray (docs/metrics.md, Known errors). */
export const sharedLabelCaveat: Caveat = {
  beforeRelease: '0.21',
  onRay: true,
  message:
    'Engines of vLLM before 0.21 that report to Ray count every label value of this family under one of them ' +
    '(vLLM PR 40840): the split is wrong there, the sum is right.',
};

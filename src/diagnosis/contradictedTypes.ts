/** Families whose declared type is not the one that the catalog has for them, and the rule about them. */
import type { TypeContradiction } from '../metrics/otherFamilies';
import type { SubjectState } from '../metrics/subjectState';
import type { DiagnosisRule } from './rule';

/** Families that one message names. */
const maxNamed = 5;

/** The contradictions of this run; none for a family that engines also publish with the known type. */
export const contradictedTypes = (
  contradictions: Iterable<TypeContradiction>,
  engines: readonly SubjectState[],
): TypeContradiction[] =>
  [...contradictions].filter(({ family }) => !engines.some(({ seriesIndex }) => seriesIndex.families.has(family)));

/** One finding for all such families. */
export const typeRules: readonly DiagnosisRule[] = [
  {
    id: 'type-changed',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: ({ contradicted = [] }) => {
      if (contradicted.length === 0) return [];
      const named = contradicted
        .slice(0, maxNamed)
        .map(({ family, known, declared }) => `${family} is a ${declared}, not a ${known}`);
      const more = contradicted.length - named.length;
      return [
        {
          severity: 'warning',
          message: `This vLLM declares other types than the releases that are known: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}. Rows that need the known type have no value.`,
          advice:
            'The families are under Other engine metrics, read as they are declared. Check for an update of this extension.',
        },
      ];
    },
  },
];

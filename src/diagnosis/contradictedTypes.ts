/** The finding about families whose declared type is not the one that the catalog has for them. */
import type { Finding } from '../api';
import type { TypeContradiction } from '../metrics/otherFamilies';
import type { SubjectState } from '../metrics/subjectState';

/** Families that one message names. */
const maxNamed = 5;

/** One finding for all of them; none for a family that engines also publish with the known type. */
export function contradictedTypes(
  contradictions: Iterable<TypeContradiction>,
  engines: readonly SubjectState[],
): Finding[] {
  const contradicted = [...contradictions].filter(
    ({ family }) => !engines.some(({ seriesIndex }) => seriesIndex.families.has(family)),
  );
  if (contradicted.length === 0) return [];
  const named = contradicted
    .slice(0, maxNamed)
    .map(({ family, known, declared }) => `${family} is a ${declared}, not a ${known}`);
  const more = contradicted.length - named.length;
  return [
    {
      id: 'type-changed',
      severity: 'warning',
      message: `This vLLM declares other types than the releases that are known: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}. Rows that need the known type have no value.`,
      advice:
        'The families are under Other engine metrics, read as they are declared. Check for an update of this extension.',
    },
  ];
}

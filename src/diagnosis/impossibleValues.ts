/** The rule about values that cannot be, such as fewer than 0 requests. */
import type { DiagnosisRule, Symptom } from './rule';

/** Families that one message names. */
const maxNamed = 3;

export const valueRules: readonly DiagnosisRule[] = [
  {
    id: 'impossible-value',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: ({ trackedEngines }) =>
      trackedEngines.flatMap(({ key, name, impossible = [] }): Symptom[] => {
        const byFamily = new Map(impossible.map(({ family, value }) => [family, value]));
        if (byFamily.size === 0) return [];
        const named = [...byFamily].slice(0, maxNamed).map(([family, value]) => `${family} is ${value}`);
        const more = byFamily.size - named.length;
        return [
          {
            severity: 'warning',
            engine: key,
            message: `${name} reports values that cannot be: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}. They are left out.`,
            advice: 'What reports them counts wrongly: a newer release may not.',
          },
        ];
      }),
  },
];

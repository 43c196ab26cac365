/** Cuts one family with its help and type out of an exposition's text. */
import { canonicalName } from './canonicalName';

const sampleSuffix = /_(?:total|bucket|sum|count|created)$/;
const commentName = /^#\s+(?:HELP|TYPE|UNIT)\s+(\S+)/;
const sampleName = /^[a-zA-Z_:][\w:]*/;

/** The canonical name, or the name itself if its exporter is unknown. */
const canonicalOrSame = (name: string): string => canonicalName(name) ?? name;

/** Whether a name is the family's own or one of its samples'. */
function belongsTo(name: string, family: string): boolean {
  const canonical = canonicalOrSame(name);
  return canonical === family || canonical.replace(sampleSuffix, '') === family;
}

/**
 * The lines of a family and its comments, in order; empty if the exposition has none.
 *
 * `family` is a canonical name (`generation_tokens`), a name as exposed (`ray_vllm_generation_tokens_total`) or the
 * name of one of the family's samples.
 */
export function extractFamily(text: string, family: string): string {
  const lines = text.split('\n').flatMap((line) => {
    const comment = commentName.exec(line)?.[1];
    const name = comment ?? sampleName.exec(line)?.[0];
    return name === undefined ? [] : [{ line, name, isComment: comment !== undefined }];
  });
  const fullName = canonicalOrSame(family);
  const isDeclared = lines.some(({ name, isComment }) => isComment && belongsTo(name, fullName));
  // `iteration_tokens_total` is a histogram's own name, so the suffix is removed only if no family is named so.
  const wanted = isDeclared ? fullName : fullName.replace(sampleSuffix, '');
  const familyLines = lines.filter(({ name }) => belongsTo(name, wanted)).map(({ line }) => line);
  return familyLines.length === 0 ? '' : `${familyLines.join('\n')}\n`;
}

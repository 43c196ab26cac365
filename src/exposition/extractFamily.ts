/** One family of an exposition's text, with its types and help. */
import { canonicalName } from './canonicalName';

const suffix = /_(?:total|bucket|sum|count|created)$/;
const commentName = /^#\s+(?:HELP|TYPE|UNIT)\s+(\S+)/;
const sampleName = /^[a-zA-Z_:][\w:]*/;

/** The name without its spelling; where it is nobody's we know, as it stands. */
const canonical = (name: string): string => canonicalName(name) ?? name;

/** Whether a name is the family's, given bare (`generation_tokens`) or as it stands (`ray_vllm_generation_tokens_total`), or one of its samples'. */
function belongsTo(name: string, family: string): boolean {
  const one = canonical(name);
  return one === family || one.replace(suffix, '') === family;
}

/** The lines of a family and its comments, in order; empty where it is not there. */
export function extractFamily(text: string, family: string): string {
  const lines = text.split('\n').flatMap((line) => {
    const comment = commentName.exec(line)?.[1];
    const name = comment ?? sampleName.exec(line)?.[0];
    return name === undefined ? [] : [{ line, name, comment: comment !== undefined }];
  });
  // A suffix is taken off only where no family has the name with it: `iteration_tokens_total` is a histogram's own name.
  const full = canonical(family);
  const named = (wanted: string): boolean => lines.some(({ name, comment }) => comment && belongsTo(name, wanted));
  const wanted = named(full) ? full : full.replace(suffix, '');
  const found = lines.filter(({ name }) => belongsTo(name, wanted)).map(({ line }) => line);
  return found.length === 0 ? '' : `${found.join('\n')}\n`;
}

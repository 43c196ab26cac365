/** Everything that needs PromQL's grammar. Bundled separately and loaded at the first PromQL document. */
import { parseQuery } from './grammar';
import { prettify } from './prettify';
import { checkSyntax } from './syntaxCheck';
import { maskVariables } from './variables';

export { complete, type Suggestion } from './completion';
export { hints } from './hints';
export { unitOf } from './unit';
export { checkSyntax };

/** The query laid out as Prometheus does, comments kept. Undefined if it does not parse or cannot be laid out. */
export function format(text: string): string | undefined {
  if (checkSyntax(text).length > 0) return undefined;
  const { tree } = parseQuery(maskVariables(text));
  return prettify(tree, text);
}

/** Catalog rows by the ids that a model names. */
import { catalog, type CatalogRow } from '../metrics/catalog';
import { ToolError } from './tool';

const rowById = new Map(catalog.map((row) => [row.id, row]));
/** Most ids that an error suggests for an unknown one, and most unknown ones that it names. */
const maxSuggestions = 5;
const mostUnknown = 3;

/** Ids that share a word with this one. */
function similarIds(id: string): string[] {
  const words = id
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2);
  const scored = catalog
    .map((row) => ({ id: row.id, score: words.filter((word) => row.id.includes(word)).length }))
    .filter(({ score }) => score > 0);
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, maxSuggestions)
    .map((one) => one.id);
}

/** How SkyRL, vLLM and Ray write the name of a metric; the id is what follows. */
const prefix = /^(?:vllm\/|(?:ray_)?vllm[:_])/;

const rowOf = (id: string): CatalogRow | undefined => rowById.get(id) ?? rowById.get(id.replace(prefix, ''));

function unknownMetric(id: string): string {
  const similar = similarIds(id);
  return `There is no metric ${JSON.stringify(id)}. ${similar.length > 0 ? `Similar ones: ${similar.join(', ')}.` : 'Call skyrl_get_metrics with a category to see its ids.'}`;
}

/** The rows of these ids. Throws a ToolError that names similar ids for each that is unknown. */
export function requireRows(ids: readonly string[]): CatalogRow[] {
  const unknown = ids.filter((id) => !rowOf(id));
  if (unknown.length > 0) throw new ToolError(unknown.slice(0, mostUnknown).map(unknownMetric).join(' '));
  return ids.flatMap((id) => rowOf(id) ?? []);
}

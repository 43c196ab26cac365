/** Catalog rows by the ids that a model names. */
import { catalog, type CatalogRow } from '../metrics/catalog';
import { ToolError } from './tool';

const rowById = new Map(catalog.map((row) => [row.id, row]));
/** Most ids that an error suggests. */
const maxSuggestions = 8;

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

/** The rows of these ids. Throws a ToolError that names similar ids if one is unknown. */
export function requireRows(ids: readonly string[]): CatalogRow[] {
  return ids.map((id) => {
    const row = rowById.get(id.replace(/^vllm\//, ''));
    if (row) return row;
    const similar = similarIds(id);
    throw new ToolError(
      `There is no metric "${id}". ${similar.length > 0 ? `Similar ones: ${similar.join(', ')}.` : 'Call skyrl_get_metrics with a category to see its ids.'}`,
    );
  });
}

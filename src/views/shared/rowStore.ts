/** The rows of a tree view from update to update: which of them changed, and only those that VS Code has asked for. */
import { childrenOf, hasChildren, tooltipOf, type TreeRow } from './treeRow';

/**
 * A row as text, without its children (whether it can be opened counts, not what is below) and without its tooltip,
 * which VS Code asks for separately.
 */
const serializeRow = ({ children: _, tooltip: __, ...rest }: TreeRow, isOpenable: boolean): string =>
  JSON.stringify([rest, isOpenable]);

const haveSameIds = (one: readonly TreeRow[], other: readonly TreeRow[]): boolean =>
  one.length === other.length && one.every(({ id }, index) => id === other[index]?.id);

/** A row that VS Code knows. */
interface KnownRow {
  /** VS Code identifies a row by the object it was given first, so each object stays and is updated in place. */
  row: TreeRow;
  serialized: string;
  parent: TreeRow | undefined;
  /** Undefined until VS Code asks for them. */
  children: TreeRow[] | undefined;
  /** The tooltip that VS Code has; undefined if it has none. Ages in tooltips change all the time. */
  tooltip: string | undefined;
}

function replaceFields(row: TreeRow, fields: TreeRow): TreeRow {
  for (const key of Object.keys(row)) if (!Object.hasOwn(fields, key)) Reflect.deleteProperty(row, key);
  return Object.assign(row, fields);
}

/** What VS Code has to be told: nothing, that everything changed, or which rows did. */
export type RowChanges = 'all' | readonly TreeRow[];

/** Keeps the rows. Those below a row that was never opened are not even made. */
export class RowStore {
  private known = new Map<string, KnownRow>();
  private top: TreeRow[] = [];

  /** Replaces all rows. */
  update(rows: readonly TreeRow[]): RowChanges {
    const previous = this.known;
    const changed: TreeRow[] = [];
    const before = this.top;
    this.known = new Map();
    this.top = this.merge(rows, undefined, previous, changed);
    return haveSameIds(before, this.top) ? changed : 'all';
  }

  /** A row's children, without a row those at the top. */
  children(row?: TreeRow): TreeRow[] {
    if (!row) return this.top;
    const known = this.known.get(row.id);
    if (!known) return [];
    return (known.children ??= this.merge(childrenOf(known.row), known.row, new Map(), []));
  }

  /** The tooltip of a row for VS Code, which keeps it until the row is reported as changed. */
  tooltip(row: TreeRow): readonly string[] {
    const tooltip = tooltipOf(row);
    const known = this.known.get(row.id);
    if (known) known.tooltip = JSON.stringify(tooltip);
    return tooltip;
  }

  /** The row above another one; undefined at the top. */
  parent(row: TreeRow): TreeRow | undefined {
    return this.known.get(row.id)?.parent;
  }

  /** The row with an ID among the children of the row `parent` and, below it, of rows that group; undefined without one. */
  find(parent: string, id: string): TreeRow | undefined {
    const under = this.known.get(parent)?.row;
    const groups = under ? [under] : [];
    for (const group of groups)
      for (const row of this.children(group)) {
        if (row.id === id) return row;
        if (row.isGroup) groups.push(row);
      }
    return undefined;
  }

  private merge(
    rows: readonly TreeRow[],
    parent: TreeRow | undefined,
    previous: ReadonlyMap<string, KnownRow>,
    changed: TreeRow[],
  ): TreeRow[] {
    return rows.map((row) => {
      const before = previous.get(row.id);
      const serialized = serializeRow(row, hasChildren(row));
      const known: KnownRow = {
        row: before ? replaceFields(before.row, row) : row,
        serialized,
        parent,
        children: undefined,
        tooltip: undefined,
      };
      this.known.set(row.id, known);
      if (before?.children) known.children = this.merge(childrenOf(row), known.row, previous, changed);
      const hasChanged =
        before !== undefined &&
        (before.serialized !== serialized ||
          !haveSameIds(before.children ?? [], known.children ?? []) ||
          (before.tooltip !== undefined && before.tooltip !== JSON.stringify(tooltipOf(row))));
      if (!hasChanged) known.tooltip = before?.tooltip;
      if (hasChanged) changed.push(known.row);
      return known.row;
    });
  }
}

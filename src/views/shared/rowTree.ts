/** A tree view of plain rows that refreshes only the rows that changed. */
import * as vscode from 'vscode';
import { escapeLabel } from '../../shared/escapeLabel';
import type { TreeRow } from './treeRow';

const serializeRow = ({ children: _, ...rest }: TreeRow): string => JSON.stringify(rest);
const serializeIds = (rows: readonly TreeRow[]): string => JSON.stringify(rows.map(({ id }) => id));

/** Gives VS Code rows, and tells it which of them changed. */
export class RowTree implements vscode.TreeDataProvider<TreeRow>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TreeRow[] | undefined>();
  private rows: TreeRow[] = [];
  /** By ID. VS Code identifies a row by the object it was given first, so each object stays and is updated in place. */
  private rowsById = new Map<string, TreeRow>();
  private readonly parents = new Map<string, TreeRow>();
  private readonly opened = new vscode.EventEmitter<string>();
  readonly onDidChangeTreeData = this.changed.event;
  /** Fires with the ID of a row whose children VS Code asks for, because it is open. */
  readonly onDidOpen = this.opened.event;

  /** Shows these rows. */
  update(rows: readonly TreeRow[]): void {
    const previous = this.rowsById;
    const changedRows: TreeRow[] = [];
    const previousIds = serializeIds(this.rows);
    this.rowsById = new Map();
    this.parents.clear();
    this.rows = this.merge(rows, undefined, previous, changedRows);
    if (previousIds !== serializeIds(this.rows)) this.changed.fire(undefined);
    else if (changedRows.length > 0) this.changed.fire(changedRows);
  }

  /** The row with an ID; undefined if the tree has none. */
  row(id: string): TreeRow | undefined {
    return this.rowsById.get(id);
  }

  /** For VS Code: a row's children, without a row those at the top. */
  getChildren(row?: TreeRow): TreeRow[] {
    if (row) this.opened.fire(row.id);
    return row ? row.children : this.rows;
  }

  /** For VS Code, which reveals rows by their parents. */
  getParent(row: TreeRow): TreeRow | undefined {
    return this.parents.get(row.id);
  }

  /** For VS Code: the row as a tree item, without its tooltip. */
  getTreeItem({ id, label, description, icon, context, children, command }: TreeRow): vscode.TreeItem {
    const item = new vscode.TreeItem(
      label,
      children.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
    );
    item.id = id;
    item.description = description;
    item.contextValue = context;
    item.iconPath = new vscode.ThemeIcon(
      icon.name,
      icon.colour === undefined ? undefined : new vscode.ThemeColor(icon.colour),
    );
    item.accessibilityInformation = { label: escapeLabel([label, description].filter(Boolean).join(': ')) };
    if (command) item.command = { command: command.command, title: command.title };
    return item;
  }

  /** For VS Code, when the pointer rests on a row: adds the tooltip, as text without markup. */
  resolveTreeItem(item: vscode.TreeItem, row: TreeRow): vscode.TreeItem {
    const tooltip = new vscode.MarkdownString();
    for (const paragraph of row.tooltip) tooltip.appendText(paragraph).appendMarkdown('\n\n');
    item.tooltip = tooltip;
    return item;
  }

  dispose(): void {
    this.changed.dispose();
    this.opened.dispose();
  }

  private merge(
    rows: readonly TreeRow[],
    parent: TreeRow | undefined,
    previous: ReadonlyMap<string, TreeRow>,
    changedRows: TreeRow[],
  ): TreeRow[] {
    return rows.map((row) => {
      const existing = previous.get(row.id);
      const hasChanged =
        existing !== undefined &&
        (serializeRow(existing) !== serializeRow(row) ||
          serializeIds(existing.children) !== serializeIds(row.children));
      const merged = Object.assign(existing ?? ({} as TreeRow), row);
      if (hasChanged) changedRows.push(merged);
      this.rowsById.set(row.id, merged);
      if (parent) this.parents.set(row.id, parent);
      merged.children = this.merge(row.children, merged, previous, changedRows);
      return merged;
    });
  }
}

/** Generation records as read-only JSON documents. */
import * as vscode from 'vscode';
import { serializeRecord } from '../../generation/generationRecord';
import type { RecordStore } from '../../generation/recordStore';

const recordScheme = 'skyrl-record';

/** The Uri of a record's document; its path is the title of the editor tab. */
export const recordUri = (id: string): vscode.Uri =>
  vscode.Uri.from({ scheme: recordScheme, path: `/generation ${id}.json`, query: id });

/** Registers the documents. */
export function registerRecordDocuments(store: RecordStore): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(recordScheme, {
    provideTextDocumentContent: ({ query }) => {
      const record = store.get(query);
      return record ? serializeRecord(record) : 'This record is no longer kept.\n';
    },
  });
}

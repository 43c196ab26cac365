/** Records as read-only documents. */
import * as vscode from 'vscode';
import { serializeRecord } from '../../generation/generationRecord';
import type { RecordStore } from '../../generation/recordStore';

export const recordScheme = 'skyrl-record';

/** The name says what it is in the editor's tab. */
export const recordUri = (id: string): vscode.Uri =>
  vscode.Uri.from({ scheme: recordScheme, path: `/generation ${id}.json`, query: id });

export function registerRecordDocuments(store: RecordStore): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(recordScheme, {
    provideTextDocumentContent: ({ query }) => {
      const record = store.get(query);
      return record ? serializeRecord(record) : 'This record is not kept any more.\n';
    },
  });
}

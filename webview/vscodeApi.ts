/** The connection of the chart's page to the extension host. Its view is its options. */
import { isToPage, type ToHost, type ToPage } from '../src/shared/protocol';
import { isViewOptions, type ViewOptions } from '../src/shared/viewOptions';
import { connectPage } from './connectPage';

export const {
  send,
  restoreView: restoreOptions,
  storeView: storeOptions,
  onMessage,
} = connectPage<ToPage, ToHost, ViewOptions>(isToPage, isViewOptions);

/** The connection of the page of a comparison to the extension host. */
import {
  isComparisonView,
  isToComparisonPage,
  type ComparisonView,
  type ToComparisonHost,
  type ToComparisonPage,
} from '../../src/shared/comparisonProtocol';

interface VsCodeApi {
  postMessage(message: ToComparisonHost): void;
  getState(): unknown;
  setState(state: ComparisonView): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** Sends a message to the host. */
export function send(message: ToComparisonHost): void {
  api.postMessage(message);
}

/** What this page showed before it was hidden or reloaded. Undefined if that is not known. */
export function restoreView(): ComparisonView | undefined {
  const state = api.getState();
  return isComparisonView(state) ? state : undefined;
}

/** Stores the view: for this page, and for the host, which reads the runs again after a reload. */
export function storeView(view: ComparisonView): void {
  api.setState(view);
}

/** Calls `listener` for each valid message of the host. Reports any other message to the host, which logs it. */
export function onMessage(listener: (message: ToComparisonPage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isToComparisonPage(event.data)) listener(event.data);
    else send({ type: 'ignored' });
  });
}

/** The connection to the extension host: messages in both directions, and the state that VS Code keeps for the page. */
import { isToPage, type ToHost, type ToPage } from '../src/shared/protocol';
import { isViewOptions, type ViewOptions } from '../src/shared/viewOptions';

interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** Sends a message to the host. */
export function send(message: ToHost): void {
  api.postMessage(message);
}

/**
 * The options that this page had before it was hidden, so that it need not wait for the host. Undefined if there are
 * none.
 */
export function restoreOptions(): ViewOptions | undefined {
  const state = api.getState();
  return isViewOptions(state) ? state : undefined;
}

/** Stores the options for `restoreOptions`. */
export function storeOptions(options: ViewOptions): void {
  api.setState(options);
}

/** Calls `listener` for each valid message of the host. Reports any other message to the host, which logs it. */
export function onMessage(listener: (message: ToPage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isToPage(event.data)) listener(event.data);
    else send({ type: 'ignored' });
  });
}

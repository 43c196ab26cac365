/** The connection of a page to the extension host: messages in both directions, and the state that VS Code keeps. */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The connection of one page. */
export interface PageConnection<ToPage, ToHost, View> {
  /** Sends a message to the host. */
  send: (message: ToHost) => void;
  /** What the page showed before it was hidden or reloaded, so that it need not wait. Undefined if that is not known. */
  restoreView: () => View | undefined;
  /** Stores the view for `restoreView`, and for the host that restores the page after a reload. */
  storeView: (view: View) => void;
  /** Calls `listener` for each valid message of the host. Reports any other message to the host, which logs it. */
  onMessage: (listener: (message: ToPage) => void) => void;
}

/** Connects this page, once. Messages and states are checked: another version of the extension may have made them. */
export function connectPage<ToPage, ToHost, View>(
  isToPage: (value: unknown) => value is ToPage,
  isView: (value: unknown) => value is View,
): PageConnection<ToPage, ToHost | { type: 'ignored' }, View> {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    restoreView() {
      const state = api.getState();
      return isView(state) ? state : undefined;
    },
    storeView: (view) => api.setState(view),
    onMessage(listener) {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (isToPage(event.data)) listener(event.data);
        else api.postMessage({ type: 'ignored' });
      });
    },
  };
}

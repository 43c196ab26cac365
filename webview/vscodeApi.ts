import { isToPage, type ToHost, type ToPage } from '../src/shared/protocol';
import { isViewOptions, type ViewOptions } from '../src/shared/viewOptions';

interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function send(message: ToHost): void {
  api.postMessage(message);
}

/** The choices this page had before it was hidden: there before the host answers. */
export function restoreOptions(): ViewOptions | undefined {
  const state = api.getState();
  return isViewOptions(state) ? state : undefined;
}

/** Remembers choices in the page's state, for the next show. */
export function keepOptions(options: ViewOptions): void {
  api.setState(options);
}

/** Calls `listener` with what the host sends, and only with what the protocol knows; the rest is the host's to log. */
export function onMessage(listener: (message: ToPage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isToPage(event.data)) listener(event.data);
    else send({ type: 'ignored' });
  });
}

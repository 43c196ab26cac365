import { isToPage, isViewOptions, type ToHost, type ToPage, type ViewOptions } from '../src/shared/protocol';

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
export function restoredOptions(): ViewOptions | undefined {
  const state = api.getState();
  return isViewOptions(state) ? state : undefined;
}

/** Remembers choices on both sides: in the page's state for the next show, in the host for the next session. */
export function keepOptions(options: ViewOptions): void {
  api.setState(options);
  send({ type: 'setOptions', options });
}

/** Calls `listener` with what the host sends, and only with what the protocol knows. */
export function onMessage(listener: (message: ToPage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isToPage(event.data)) listener(event.data);
  });
}

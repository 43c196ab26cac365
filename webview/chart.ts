/** Entry of the chart page: joins the page to the host. */
import './chart.css';
import type { DrawnReport, ToPage } from '../src/shared/protocol';
import { defaultViewOptions } from '../src/shared/viewOptions';
import { keepOptions, onMessage, restoreOptions, send } from './vscodeApi';
import { Page } from './page';
import { onThemeChange } from './theme';

/** How often the time axis moves on between scrapes. */
const tickMs = 5_000;
const reportMs = 1_000;

/** Sends what was drawn last, at most once a second. */
function reporter(): (report: DrawnReport) => void {
  let newest: DrawnReport | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    if (!newest) return;
    send({ type: 'drawn', report: newest });
    newest = undefined;
    timer = setTimeout(flush, reportMs);
  };
  return (report) => {
    newest = report;
    if (!timer) flush();
  };
}

function act(page: Page, message: ToPage): void {
  switch (message.type) {
    case 'snapshot':
      return page.replaceData(message.data, message.now);
    case 'append':
      return page.appendData(message.data, message.now);
    case 'status':
      return page.setStatus(message.message);
    case 'options':
      keepOptions(message.options);
      return page.setOptions(message.options);
    case 'choices':
      return page.setChoices(message);
    case 'capture':
      return send({ type: 'picture', request: message.request, png: page.picture() });
  }
}

function start(root: HTMLElement): void {
  const page = new Page(root, restoreOptions() ?? defaultViewOptions, {
    choose: (options) => {
      keepOptions(options);
      send({ type: 'setOptions', options });
    },
    zoom: (range) => send({ type: 'zoom', ...(range && { range }) }),
    requestExport: (what) => send({ type: 'take', what }),
    reportDrawn: reporter(),
  });
  onMessage((message) => act(page, message));
  onThemeChange(() => page.retheme());
  setInterval(() => page.tick(), tickMs);
  send({ type: 'ready' });
}

const root = document.getElementById('page');
if (root) start(root);

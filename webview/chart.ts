/** Entry of the chart page: joins the page to the host. */
import './chart.css';
import type { DrawnReport, ToPage } from '../src/shared/protocol';
import { defaultOptions } from '../src/shared/viewOptions';
import { keepOptions, onMessage, restoredOptions, send } from './vscodeApi';
import { Page } from './page';
import { onThemeChange } from './theme';

/** How often the time axis moves on between scrapes. */
const TICK_MS = 5_000;
const REPORT_MS = 1_000;

/** Sends what was drawn last, at most once a second. */
function reporter(): (report: DrawnReport) => void {
  let newest: DrawnReport | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    if (!newest) return;
    send({ type: 'drawn', report: newest });
    newest = undefined;
    timer = setTimeout(flush, REPORT_MS);
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
      return page.setStatus(message.words);
    case 'options':
      keepOptions(message.options);
      return page.setOptions(message.options);
    case 'choices':
      return page.setOffer(message);
    case 'capture':
      return send({ type: 'picture', request: message.request, png: page.picture() });
  }
}

function start(root: HTMLElement): void {
  const page = new Page(root, restoredOptions() ?? defaultOptions, {
    choose: (options) => {
      keepOptions(options);
      send({ type: 'setOptions', options });
    },
    zoom: (range) => send({ type: 'zoom', ...(range && { range }) }),
    take: (what) => send({ type: 'take', what }),
    drawn: reporter(),
  });
  onMessage((message) => act(page, message));
  onThemeChange(() => page.retheme());
  setInterval(() => page.tick(), TICK_MS);
  send({ type: 'ready' });
}

const root = document.getElementById('page');
if (root) start(root);

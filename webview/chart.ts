/** Entry of the chart page: joins the page to the host. */
import './chart.css';
import { defaultOptions, type DrawnReport } from '../src/shared/protocol';
import { keepOptions, onMessage, restoredOptions, send } from './host';
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

function start(root: HTMLElement): void {
  const page = new Page(root, restoredOptions() ?? defaultOptions, { choose: keepOptions, drawn: reporter() });
  onMessage((message) => {
    switch (message.type) {
      case 'snapshot':
        page.replaceData(message.data, message.now);
        return;
      case 'append':
        page.appendData(message.data, message.now);
        return;
      case 'status':
        page.setStatus(message.words);
        return;
      case 'options':
        page.setOptions(message.options);
    }
  });
  onThemeChange(() => page.retheme());
  setInterval(() => page.tick(), TICK_MS);
  send({ type: 'ready' });
}

const root = document.getElementById('page');
if (root) start(root);

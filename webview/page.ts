/** The page as a whole: its elements, and their redrawing. */
import type { ChartData, ChartIncrement } from '../src/shared/chartData';
import type { DrawnReport, TimeRange } from '../src/shared/protocol';
import type { ViewOptions } from '../src/shared/viewOptions';
import { Controls } from './controls';
import { Cursor } from './cursor';
import { make, setText } from './dom';
import type { Frame } from './frame';
import { MetricPicker } from './metricPicker';
import { PageActions, type ActionEvents } from './pageActions';
import { noteText, offersHeatmap } from './pageNote';
import { PageState } from './pageState';
import { renderPicture } from './picture';
import type { PickerChoices } from './pickerBoxes';
import { PlotList } from './plotList';
import { plotsFor } from './plots';
import { RedrawScheduler } from './redraw';
import { joinTexts } from './summary';
import { readTheme } from './theme';
import { Timeline } from './timeline';
import { worstEngines } from './worstEngines';

interface PageEvents extends ActionEvents {
  /** Called after each drawing. `snapshot`: the host's number of the data that was drawn; undefined without one. */
  reportDrawn: (report: DrawnReport, snapshot: number | undefined) => void;
}

/** The chart page. */
export class Page {
  private readonly state: PageState;
  private readonly actions: PageActions;
  private readonly controls: Controls;
  private readonly picker: MetricPicker;
  private readonly cursor: Cursor;
  private readonly timeline = new Timeline();
  private readonly plots: PlotList;
  private readonly note = make('p', { class: 'note' });
  private readonly heatmapButton = make('button', { type: 'button', class: 'back' }, 'Show all as heat map');
  private readonly status = make('p', { class: 'status', role: 'status' });
  private readonly notice = make('p', { class: 'notice', role: 'note' });
  private readonly scheduler = new RedrawScheduler((scope) => (scope === 'all' ? this.draw() : this.drawCursor()));
  private hasData = false;
  private snapshotId: number | undefined;

  constructor(
    root: HTMLElement,
    options: ViewOptions,
    private readonly events: PageEvents,
  ) {
    this.state = new PageState(options);
    const actions = new PageActions(this.state, events, (scope) => this.scheduler.request(scope));
    this.actions = actions;
    this.controls = new Controls(options, {
      change: (change) => actions.changeOptions(change),
      chooseEngines: (choice) => {
        actions.chooseEngines(choice);
        if (choice === 'some') this.openPicker(true);
      },
      togglePause: () => actions.togglePause(),
      togglePicker: () => this.openPicker(!this.picker.isOpen),
      requestExport: (what) => events.requestExport(what),
    });
    this.heatmapButton.addEventListener('click', () => actions.chooseEngines('heatmap'));
    this.picker = new MetricPicker(
      (change) => actions.changeOptions(change),
      () => this.openPicker(false),
    );
    this.cursor = new Cursor({
      move: (at) => actions.moveCursor('keyCursor', at),
      goBack: () => actions.goBack(),
      zoom: (factor) => actions.zoom(factor),
      shift: (fraction) => actions.shift(fraction),
      moveRow: (step) =>
        actions.moveRow(
          'keyRow',
          step === undefined ? undefined : this.plots.rowAfter(this.state.viewport.keyRow, step),
        ),
      selectRow: () => {
        const frame = this.state.frame();
        const engine = frame.row === undefined ? undefined : this.plots.engineOfRow(frame.row, frame);
        if (engine !== undefined) actions.selectEngine(engine);
      },
    });
    this.plots = new PlotList(
      {
        hover: (at) => actions.moveCursor('mouseCursor', at),
        select: (range) => actions.select(range),
        zoom: (range) => actions.zoomTo(range),
        goBack: () => actions.goBack(),
        toggle: (key) => actions.toggleLine(key),
        isolate: (key, keys) => actions.isolateLine(key, keys),
        hoverRow: (id) => actions.moveRow('mouseRow', id),
        selectEngine: (id) => actions.selectEngine(id),
        showLines: (id) => actions.showLines(id),
      },
      () => this.redraw(),
    );
    root.append(
      this.notice,
      this.controls.element,
      this.picker.element,
      this.cursor.element,
      this.timeline.element,
      this.plots.element,
      this.note,
      this.heatmapButton,
      this.status,
    );
    this.draw();
  }

  /** Replaces all data. `now` is the host's clock; reports of drawings name `id`. */
  replaceData(data: ChartData, now: number, id?: number): void {
    this.snapshotId = id;
    this.state.replaceData(data, now);
    if (this.hasData) return this.redraw();
    // The first picture of a new page does not wait for a frame: the host sends choices and options before the data.
    this.hasData = true;
    this.scheduler.redrawNow();
  }

  /** Adds the data of one scrape. `now` is the host's clock. */
  appendData(data: ChartIncrement, now: number): void {
    this.state.appendData(data, now);
    this.redraw();
  }

  /** Sets the text that is shown while there is no data, and the one above data that is not live. */
  setStatus(text: string, notice: string): void {
    setText(this.status, text);
    setText(this.notice, notice);
    this.redraw();
  }

  /** Sets what can be selected. */
  setChoices(choices: PickerChoices): void {
    this.state.choices = choices;
    this.redraw();
  }

  /** Sets the options that the host knows; raises no event. */
  setOptions(options: ViewOptions): void {
    this.state.options = options;
    this.redraw();
  }

  /** Redraws in the colours of the present theme. */
  updateTheme(): void {
    this.state.theme = readTheme();
    this.redraw();
  }

  /** Moves the time axis on, unless the range is fixed. */
  tick(): void {
    if (this.state.viewport.isLive && !this.state.isEmpty) this.redraw();
  }

  /** Zooms in on a range that the host wants to be shown. */
  showRange(range: TimeRange): void {
    this.actions.zoomTo(range);
  }

  /** All plots as a PNG, in base64. */
  picture(): string {
    const frame = this.state.frame();
    const views = this.plots.drawForPicture(this.state.store, frame);
    const run = { title: 'Run', canvas: this.timeline.canvas, entries: [] };
    const plots = views.map((view) => ({
      title: view.spec.title,
      canvas: view.canvas,
      entries: view.pictureEntries(frame),
    }));
    this.redraw();
    return renderPicture(this.timeline.element.hidden ? plots : [run, ...plots], frame);
  }

  private openPicker(isOpen: boolean): void {
    this.updatePicker();
    this.picker.setOpen(isOpen);
    if (!isOpen) this.controls.focusMetrics();
    this.redraw();
  }

  private updatePicker(): void {
    const { choices, options, store } = this.state;
    this.picker.update({ ...choices, worst: worstEngines(options, choices, store) }, options);
  }

  private redraw(): void {
    this.scheduler.request('all');
  }

  private draw(): void {
    const { isEmpty, options, choices, store } = this.state;
    const frame = this.state.frame();
    const { isFitted } = this.state;
    this.controls.update(options, { isLive: frame.isLive, isFitted, isPickerOpen: this.picker.isOpen });
    if (this.picker.isOpen) this.updatePicker();
    this.status.hidden = !isEmpty;
    this.notice.hidden = isEmpty || this.notice.textContent === '';
    for (const element of [this.plots.element, this.cursor.element, this.controls.element, this.note])
      element.hidden = isEmpty;
    this.plots.arrange(isEmpty ? [] : plotsFor(options, choices.rows), frame);
    this.plots.update(store, frame, options.form);
    this.updateTexts(frame);
    const plots = this.plots.draw();
    const report = { plots, foreground: frame.theme.foreground, from: frame.from, to: frame.to };
    this.events.reportDrawn(report, this.snapshotId);
  }

  private drawCursor(): void {
    const frame = this.state.frame();
    this.plots.moveCursor(frame);
    this.updateTexts(frame);
  }

  private updateTexts(frame: Frame): void {
    const { store, options } = this.state;
    const isHeatmap = options.form === 'heatmap';
    // A heat map shows the states of engines in their rows.
    const bands = isHeatmap ? frame.bands.filter(({ kind }) => kind === 'phase') : frame.bands;
    const texts = [...this.timeline.draw({ ...frame, bands }), ...this.plots.describeCursor(frame)];
    this.cursor.update(frame, store.newestTime, joinTexts(texts), isHeatmap);
    setText(this.note, noteText(options, store));
    this.heatmapButton.hidden = this.state.isEmpty || !offersHeatmap(options, store);
  }
}

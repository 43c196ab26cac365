/** A slider over the places of lines: its thumb is where the place is in the picture above. */
import { make, setAttribute } from '../dom';
import { indexAfterKey, nearestIndex, shareOf } from './places';

const help = 'Arrow keys, Page Up, Page Down, Home, End: move the cursor.';

/** Reads one place after the other with keys, and the nearest one with the pointer. */
export class PlaceSlider {
  readonly element = make('input', {
    type: 'range',
    min: '0',
    max: '1',
    step: 'any',
    'aria-label': 'Cursor',
    title: help,
  });
  private places: readonly number[] = [];
  private chosen = 0;
  private isDragged = false;

  constructor(private readonly move: () => void) {
    const { element } = this;
    element.addEventListener('pointerdown', () => (this.isDragged = true));
    for (const end of ['pointerup', 'pointercancel']) element.addEventListener(end, () => (this.isDragged = false));
    element.addEventListener('input', () => this.follow(Number(element.value)));
    element.addEventListener('keydown', (event) => {
      const index = indexAfterKey(event.key, this.chosen, this.places.length);
      if (index === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.choose(index);
    });
  }

  /** The place that is read; undefined if there are none. */
  get place(): number | undefined {
    return this.places[this.chosen];
  }

  /** Offers places, ascending, and reads one by its index. */
  setPlaces(places: readonly number[], index: number): void {
    this.places = places;
    this.put(index);
  }

  /** Reads the place that is nearest to a share of the way from the first to the last one. */
  moveToShare(share: number): void {
    this.choose(this.nearest(share));
  }

  /** Says what is read there, for screen readers. */
  describe(text: string): void {
    setAttribute(this.element, 'aria-valuetext', text);
  }

  private nearest(share: number): number {
    const [first = 0, last = 0] = [this.places[0], this.places.at(-1)];
    return nearestIndex(this.places, first + share * (last - first));
  }

  private follow(share: number): void {
    const nearest = this.nearest(share);
    // A screen reader moves by a step, which may be less than half of the way to the next place.
    const isTooShort = nearest === this.chosen && !this.isDragged;
    this.choose(isTooShort ? this.chosen + Math.sign(share - shareOf(this.places, this.chosen)) : nearest);
  }

  private choose(index: number): void {
    this.put(index);
    this.move();
  }

  private put(index: number): void {
    this.chosen = Math.max(0, Math.min(this.places.length - 1, index));
    this.element.value = String(shareOf(this.places, this.chosen));
  }
}

/** Plots this far beyond an edge are drawn too, so that slow scrolling meets no empty ones. */
const MARGIN = 100;

/** Which elements of the page are scrolled to: what nobody sees need not be drawn. */
export class Sight {
  private readonly observer: IntersectionObserver;
  private seen = new Set<Element>();

  /** `onCome`: an element has come into view that the last `look` did not find there. */
  constructor(onCome: () => void) {
    this.observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting, target }) => isIntersecting && !this.seen.has(target))) onCome();
        // By VS Code the page is a frame of another origin, for which only a root of its own has a margin.
      },
      { root: document, rootMargin: `${MARGIN}px 0px` },
    );
  }

  watch(element: Element): void {
    this.observer.observe(element);
  }

  leave(element: Element): void {
    this.observer.unobserve(element);
  }

  /** Those in view at this moment: an observer tells of it a frame too late for a first picture. */
  look(elements: readonly Element[]): ReadonlySet<Element> {
    this.seen = new Set(
      elements.filter((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return bottom > -MARGIN && top < innerHeight + MARGIN;
      }),
    );
    return this.seen;
  }
}

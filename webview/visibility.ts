/** Plots this far beyond an edge are drawn too, so that slow scrolling meets no empty ones. */
const margin = 100;

/** Which elements of the page are scrolled to: what nobody sees need not be drawn. */
export class Visibility {
  private readonly observer: IntersectionObserver;
  private visible = new Set<Element>();

  /** `onCome`: an element has come into view that the last `look` did not find there. */
  constructor(onCome: () => void) {
    this.observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting, target }) => isIntersecting && !this.visible.has(target))) onCome();
        // By VS Code the page is a frame of another origin, for which only a root of its own has a margin.
      },
      { root: document, rootMargin: `${margin}px 0px` },
    );
  }

  watch(element: Element): void {
    this.observer.observe(element);
  }

  unwatch(element: Element): void {
    this.observer.unobserve(element);
  }

  /** Those in view at this moment: an observer tells of it a frame too late for a first picture. */
  update(elements: readonly Element[]): ReadonlySet<Element> {
    this.visible = new Set(
      elements.filter((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return bottom > -margin && top < innerHeight + margin;
      }),
    );
    return this.visible;
  }
}

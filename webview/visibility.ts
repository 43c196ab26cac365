/** Which elements of the page are scrolled into view; only those are drawn. */

/** Elements this near to an edge count as visible, so that slow scrolling shows no empty plots. In CSS pixels. */
const margin = 100;

/** Watches elements for coming into view. */
export class Visibility {
  private readonly observer: IntersectionObserver;
  private visible = new Set<Element>();

  /** `onVisible` is called when an element comes into view that the last `update` did not find there. */
  constructor(onVisible: () => void) {
    this.observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting, target }) => isIntersecting && !this.visible.has(target))) onVisible();
      },
      // In VS Code the page is in a frame of another origin, where a margin needs an explicit root.
      { root: document, rootMargin: `${margin}px 0px` },
    );
  }

  watch(element: Element): void {
    this.observer.observe(element);
  }

  unwatch(element: Element): void {
    this.observer.unobserve(element);
  }

  /** The elements in view now. Measured, because an observer would report one frame too late for the first picture. */
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

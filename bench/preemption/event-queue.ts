// What happens next: each subject has at most one event, the last one that was set for it.

type Event<Subject> = { readonly at: number; readonly subject: Subject };

/** A binary heap by time. */
export class EventQueue<Subject> {
  readonly #heap: Event<Subject>[] = [];
  readonly #current = new Map<Subject, Event<Subject>>();

  /** Sets the event of a subject; an earlier one no longer takes place. */
  set(subject: Subject, at: number): void {
    const event = { at, subject };
    this.#current.set(subject, event);
    let place = this.#heap.push(event) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (this.#timeAt(above) <= at) break;
      this.#move(above, place);
      place = above;
    }
    this.#heap[place] = event;
  }

  /** Takes the earliest event. @throws when there is none */
  next(): readonly [subject: Subject, at: number] {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined) throw new Error("no event is left");
      const last = this.#heap.pop();
      if (last !== undefined && this.#heap.length > 0) this.#sink(last);
      if (this.#current.get(first.subject) === first) return [first.subject, first.at];
    }
  }

  #sink(event: Event<Subject>): void {
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (this.#timeAt(below + 1) < this.#timeAt(below)) below++;
      if (this.#timeAt(below) >= event.at) break;
      this.#move(below, place);
      place = below;
    }
    this.#heap[place] = event;
  }

  #timeAt(place: number): number {
    return this.#heap[place]?.at ?? Infinity;
  }

  #move(from: number, to: number): void {
    const event = this.#heap[from];
    if (event !== undefined) this.#heap[to] = event;
  }
}

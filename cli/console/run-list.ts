/** Runs by id and in the order in which they began. It holds so many at most, and forgets the oldest. */

interface Begun {
  id: string;
  /** Unix milliseconds. */
  startedAt: number;
}

export class RunList<Item extends Begun> {
  private readonly byId = new Map<string, Item>();

  /** Oldest first. */
  private readonly order: Begun[] = [];

  constructor(private readonly most: number) {}

  get size(): number {
    return this.order.length;
  }

  get(id: string): Item | undefined {
    return this.byId.get(id);
  }

  /** Adds an item, or replaces the one with its id, which began at the same time. */
  set(item: Item): void {
    const { id, startedAt } = item;
    const isNew = !this.byId.has(id);
    this.byId.set(id, item);
    if (!isNew) return;
    // Most begin after all others.
    let place = this.order.length;
    while (place > 0 && (this.order[place - 1] as Begun).startedAt > startedAt) place--;
    this.order.splice(place, 0, { id, startedAt });
    if (this.order.length > this.most) {
      const [oldest] = this.order.splice(0, 1);
      if (oldest) this.byId.delete(oldest.id);
    }
  }

  /** Newest first, and whether there are more. */
  newest({ since = Number.NEGATIVE_INFINITY, limit }: { since?: number; limit: number }): {
    items: Item[];
    more: boolean;
  } {
    const items: Item[] = [];
    for (let n = this.order.length - 1; n >= 0; n--) {
      const { id, startedAt } = this.order[n] as Begun;
      if (startedAt < since) break;
      if (items.length === limit) return { items, more: true };
      items.push(this.byId.get(id) as Item);
    }
    return { items, more: false };
  }

  clear(): void {
    this.byId.clear();
    this.order.length = 0;
  }
}

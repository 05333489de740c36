import type { Database } from "bun:sqlite";

/** The commits of a repo as the book knows them. Row ids are in topological order: parents come before their children. */
export class CommitGraph {
  readonly ids = new Map<string, number>();
  readonly #parents = new Map<number, number[]>();
  readonly #ancestry = new Map<number, boolean>();
  readonly #shas: string[] = [];
  #sorted = false;

  static load(db: Database, repoId: number): CommitGraph {
    const graph = new CommitGraph();
    const rows = db.query("SELECT id, sha, parents FROM commits WHERE repo_id = ? ORDER BY id").values(repoId);
    for (const [id, sha, parents] of rows as [number, string, string][])
      graph.add(id, sha, parents === "" ? [] : parents.split(" "));
    return graph;
  }

  /** Adds a commit; its parents must have been added before, or they lie before the history that the book looks at. */
  add(id: number, sha: string, parents: readonly string[]): void {
    this.ids.set(sha, id);
    this.#shas.push(sha);
    this.#sorted = false;
    const known: number[] = [];
    for (const parent of parents) {
      const found = this.ids.get(parent);
      if (found !== undefined) known.push(found);
    }
    if (known.length > 0) this.#parents.set(id, known);
  }

  parentsOf(id: number): readonly number[] {
    return this.#parents.get(id) ?? [];
  }

  /** Id of the one commit whose id begins so; undefined where there is none or several. */
  resolve(prefix: string): number | undefined {
    const whole = this.ids.get(prefix);
    if (whole !== undefined || prefix.length < 7) return whole;
    if (!this.#sorted) this.#shas.sort();
    this.#sorted = true;
    let low = 0;
    let high = this.#shas.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#shas[middle] as string) < prefix) low = middle + 1;
      else high = middle;
    }
    const found = this.#shas[low];
    if (found === undefined || !found.startsWith(prefix) || this.#shas[low + 1]?.startsWith(prefix)) return undefined;
    return this.ids.get(found);
  }

  /** Whether `ancestor` can be reached from `id`; a commit is its own ancestor. */
  isAncestor(ancestor: number, id: number): boolean {
    if (ancestor === id) return true;
    if (ancestor > id) return false;
    const key = ancestor * 0x4000000 + id;
    const known = this.#ancestry.get(key);
    if (known !== undefined) return known;
    const found = this.#reach(ancestor, id);
    if (this.#ancestry.size > 200_000) this.#ancestry.clear();
    this.#ancestry.set(key, found);
    return found;
  }

  #reach(ancestor: number, from: number): boolean {
    const seen = new Set<number>();
    const open = [from];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const parent of this.parentsOf(id)) {
        if (parent === ancestor) return true;
        if (parent < ancestor || seen.has(parent)) continue;
        seen.add(parent);
        open.push(parent);
      }
    }
    return false;
  }

  /** All commits that can be reached from these. */
  ancestorsOf(ids: Iterable<number>): Set<number> {
    const seen = new Set(ids);
    const open = [...seen];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const parent of this.parentsOf(id)) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        open.push(parent);
      }
    }
    return seen;
  }

  /** Commits that can be reached from `tip` but not from `base`, as `git rev-list base..tip` counts them. */
  between(base: number, tip: number): number[] {
    const found: number[] = [];
    // Children before parents, so a commit's colour is known when its turn comes.
    const colours = new Map<number, boolean>([[tip, true]]);
    colours.set(base, false);
    const heap = new Heap();
    heap.push(tip);
    if (base !== tip) heap.push(base);
    let wanted = base === tip ? 0 : 1;
    while (wanted > 0) {
      const id = heap.pop();
      if (id === undefined) break;
      const isWanted = colours.get(id) === true;
      if (isWanted) {
        found.push(id);
        wanted--;
      }
      for (const parent of this.parentsOf(id)) {
        const colour = colours.get(parent);
        if (colour === undefined) {
          colours.set(parent, isWanted);
          heap.push(parent);
          if (isWanted) wanted++;
        } else if (colour && !isWanted) {
          colours.set(parent, false);
          wanted--;
        }
      }
    }
    return found;
  }
}

/** Largest number first. */
class Heap {
  readonly #items: number[] = [];

  push(value: number): void {
    const items = this.#items;
    let at = items.push(value) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((items[above] as number) >= value) break;
      items[at] = items[above] as number;
      at = above;
    }
    items[at] = value;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] as number) > (items[child] as number)) child++;
      if ((items[child] as number) <= last) break;
      items[at] = items[child] as number;
      at = child;
    }
    items[at] = last;
    return top;
  }
}

import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/** The kinds of git object that the simulator writes. */
export type ObjectKind = "commit" | "tree" | "blob";

const PACK_TYPE = { commit: 1, tree: 2, blob: 3 } as const;

/** Git objects made in memory: names are known at once, and one pack brings them all into a repository. */
export class ObjectStore {
  readonly #objects = new Map<string, { kind: ObjectKind; body: Buffer }>();

  add(kind: ObjectKind, body: Buffer): string {
    const sha = createHash("sha1").update(`${kind} ${body.length}\0`).update(body).digest("hex");
    this.#objects.set(sha, { kind, body });
    return sha;
  }

  blob(content: string): string {
    return this.add("blob", Buffer.from(content));
  }

  /** The tree that holds the given blobs, with all its sub-trees. */
  tree(blobs: ReadonlyMap<string, string>): string {
    const entries: { name: string; folder: boolean; sha: string }[] = [];
    const folders = new Map<string, Map<string, string>>();
    for (const [path, sha] of blobs) {
      const slash = path.indexOf("/");
      if (slash < 0) {
        entries.push({ name: path, folder: false, sha });
        continue;
      }
      const name = path.slice(0, slash);
      const inside = folders.get(name) ?? new Map<string, string>();
      inside.set(path.slice(slash + 1), sha);
      folders.set(name, inside);
    }
    for (const [name, inside] of folders) entries.push({ name, folder: true, sha: this.tree(inside) });
    const key = (entry: { name: string; folder: boolean }): string => entry.name + (entry.folder ? "/" : "");
    entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const parts = entries.flatMap((entry) => [
      Buffer.from(`${entry.folder ? "40000" : "100644"} ${entry.name}\0`),
      Buffer.from(entry.sha, "hex"),
    ]);
    return this.add("tree", Buffer.concat(parts));
  }

  /** All objects as a pack for `git index-pack --stdin`. */
  pack(): Buffer {
    const header = Buffer.alloc(12);
    header.write("PACK");
    header.writeUInt32BE(2, 4);
    header.writeUInt32BE(this.#objects.size, 8);
    const parts: Uint8Array[] = [header];
    for (const { kind, body } of this.#objects.values()) {
      parts.push(entryHeader(PACK_TYPE[kind], body.length), deflateSync(body, { level: 1 }));
    }
    const pack = Buffer.concat(parts);
    return Buffer.concat([pack, createHash("sha1").update(pack).digest()]);
  }
}

function entryHeader(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (type << 4) | (size & 15);
  let rest = size >>> 4;
  while (rest > 0) {
    bytes.push(byte | 128);
    byte = rest & 127;
    rest >>>= 7;
  }
  bytes.push(byte);
  return Buffer.from(bytes);
}

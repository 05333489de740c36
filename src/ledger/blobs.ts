import type { Database } from "bun:sqlite";
import type { Snapshot } from "../agents/adapter.ts";
import { EDIT_SOURCE } from "../agents/events.ts";
import { fs } from "../platform/builtins.ts";
import { toKey } from "../platform/hash.ts";
import { difference, linesOfText } from "../platform/lineDiff.ts";
import { packLines } from "../platform/lineHash.ts";
import { under } from "../platform/plainPaths.ts";

/** Copies of edited files, before and after: kept only where a person asked for them (`blobs.enabled`), compressed, named by their content,
 *  readable by their owner alone. */

/** Larger files are not kept. Bytes. */
export const MAX_BLOB = 1 << 20;

/** Files whose content is nobody's business, wherever they lie. */
const SECRET =
  /(?:^|\/)(?:\.env(?:\..*|rc)?|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ovpn)|id_(?:rsa|dsa|ecdsa|ed25519).*|\.netrc|\.pgpass|\.npmrc|\.pypirc|\.htpasswd|credentials(?:\..*)?|secrets?(?:\..*)?|.*\.tfstate(?:\..*)?|\.git-credentials|kubeconfig|authorized_keys)$|(?:^|\/)\.(?:ssh|aws|gnupg|azure|kube|docker)\//i;

/** Whether a file must never be copied. */
export function isSecret(path: string): boolean {
  return SECRET.test(path.replaceAll("\\", "/"));
}

/** Stores a text; answers its name, the SHA-256 of the text in hexadecimal. Throws what the file system throws. */
export function storeBlob(folder: string, text: string): string {
  const name = new Bun.CryptoHasher("sha256").update(text).digest("hex");
  const dir = under(folder, name.slice(0, 2));
  const path = under(dir, name.slice(2));
  if (fs().existsSync(path)) return name;
  fs().mkdirSync(dir, { recursive: true, mode: 0o700 });
  // Two writers of one content must not meet in one temporary file.
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  fs().writeFileSync(temporary, Bun.zstdCompressSync(Buffer.from(text)), { mode: 0o600 });
  fs().renameSync(temporary, path);
  return name;
}

/** The text of a blob, null where it is gone or damaged. */
export function readBlob(folder: string, name: string): string | null {
  try {
    const text = Buffer.from(
      Bun.zstdDecompressSync(fs().readFileSync(under(folder, `${name.slice(0, 2)}/${name.slice(2)}`))),
    ).toString();
    return new Bun.CryptoHasher("sha256").update(text).digest("hex") === name ? text : null;
  } catch {
    return null;
  }
}

/** Keeps what edited files held before and hold now, and tells an edit's lines by the two where nothing better does. */
export function keepSnapshots(db: Database, folder: string, snapshots: readonly Snapshot[]): void {
  for (const { keyHigh, keyLow, path, before } of snapshots) {
    if (isSecret(path)) continue;
    const now = readSmall(path);
    if (now === null) continue;
    const key = toKey(keyHigh, keyLow);
    const earlier = before ?? lastBefore(db, folder, path, key);
    const after = storeBlob(folder, now);
    const was = earlier === null || Buffer.byteLength(earlier) > MAX_BLOB ? null : storeBlob(folder, earlier);
    db.query("INSERT OR REPLACE INTO snapshots (key, before, after) VALUES (?, ?, ?)").run(key, was, after);
    if (earlier === null) continue;
    const { added, removed } = difference(linesOfText(earlier), linesOfText(now));
    db.query("UPDATE edits SET source = ?, added = ?, removed = ?, lines = ? WHERE key = ? AND source < ?").run(
      EDIT_SOURCE.texts,
      added.length,
      removed.length,
      packLines([added]),
      key,
      EDIT_SOURCE.texts,
    );
  }
}

function readSmall(path: string): string | null {
  const info = fs().statSync(path, { throwIfNoEntry: false });
  if (!info?.isFile() || info.size > MAX_BLOB) return null;
  const bytes = fs().readFileSync(path);
  return bytes.includes(0) ? null : bytes.toString("utf8");
}

function lastBefore(db: Database, folder: string, path: string, key: bigint): string | null {
  const row = db
    .query<{ after: string }, [string, bigint]>(
      `SELECT s.after FROM snapshots s JOIN edits e ON e.key = s.key JOIN paths p ON p.id = e.path_id
       WHERE p.path = ? AND s.key <> ? ORDER BY e.at_ms DESC LIMIT 1`,
    )
    .get(path, key);
  return row === null ? null : readBlob(folder, row.after);
}

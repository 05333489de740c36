/** Addresses of remotes and pull requests. Hosts are parsed, never searched for: `github.com.example.org` is not GitHub. */

export type Forge = "github" | "gitlab" | "gitea" | "bitbucket" | "unknown";

/** Where a repository lives. `owner` may have several parts on GitLab. Host in lower case, without a port. */
export interface Remote {
  host: string;
  owner: string;
  repo: string;
  forge: Forge;
}

const PART = /^[\w.~-]{1,100}$/;
const MAX_URL = 500;

function forgeOf(host: string): Forge {
  if (host === "github.com") return "github";
  if (host === "gitlab.com" || host.startsWith("gitlab.")) return "gitlab";
  if (host === "codeberg.org" || host === "gitea.com") return "gitea";
  return host === "bitbucket.org" ? "bitbucket" : "unknown";
}

/** Path as owner and repo; null where it names none. */
function split(path: string): { owner: string; repo: string } | null {
  const parts = path.replace(/^\/+|\/+$/g, "").split("/");
  const repo = (parts.pop() ?? "").replace(/\.git$/, "");
  if (parts.length === 0 || parts.length > 10 || ![...parts, repo].every((part) => PART.test(part))) return null;
  return { owner: parts.join("/"), repo };
}

/** Reads the address of a remote: https, ssh, git or `user@host:path`. Null for files and for what is no address. */
export function parseRemote(address: string): Remote | null {
  if (address.length > MAX_URL) return null;
  const scp = /^(?:[\w.-]+@)?([A-Za-z0-9.-]+):(?!\/\/)([^:]+)$/.exec(address);
  if (scp !== null && !/^[A-Za-z]$/.test(scp[1] ?? "")) return remoteOf(scp[1] ?? "", scp[2] ?? "");
  const url = parseUrl(address);
  if (url === null || !/^(?:https?|ssh|git|git\+ssh):$/.test(url.protocol)) return null;
  return remoteOf(url.hostname, url.pathname);
}

function remoteOf(hostname: string, path: string): Remote | null {
  const host = hostname.toLowerCase();
  const names = split(path);
  return names === null || host === "" ? null : { host, ...names, forge: forgeOf(host) };
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** A pull request by its address. */
export interface PullAddress extends Remote {
  number: number;
}

const SHAPES: readonly { pattern: RegExp; forge: Forge }[] = [
  { pattern: /^\/(.+)\/-\/merge_requests\/(\d{1,9})(?:\/.*)?$/, forge: "gitlab" },
  { pattern: /^\/([^/]+\/[^/]+)\/pull\/(\d{1,9})(?:\/.*)?$/, forge: "github" },
  { pattern: /^\/([^/]+\/[^/]+)\/pulls\/(\d{1,9})(?:\/.*)?$/, forge: "gitea" },
  { pattern: /^\/([^/]+\/[^/]+)\/pull-requests\/(\d{1,9})(?:\/.*)?$/, forge: "bitbucket" },
];

/** Reads the address of a pull request. Null for anything that is not https, carries credentials or a port, or names no number. */
export function parsePullUrl(address: string): PullAddress | null {
  const url = address.length > MAX_URL ? null : parseUrl(address);
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "" || url.port !== "")
    return null;
  if (!/^[a-z0-9.-]+$/.test(url.hostname)) return null;
  for (const { pattern, forge } of SHAPES) {
    const match = pattern.exec(url.pathname);
    const names = match === null ? null : split(match[1] ?? "");
    const number = Number(match?.[2]);
    if (names === null || !(number > 0)) continue;
    const known = forgeOf(url.hostname);
    return { host: url.hostname, ...names, number, forge: known === "unknown" ? forge : known };
  }
  return null;
}

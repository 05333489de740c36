export type Forge = "github" | "gitlab" | "gitea" | "bitbucket" | "unknown";
export function parseRemote(url: string): { host: string; owner: string; repo: string; forge: Forge } | null {
  const m = /^(?:[a-z+]+:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/|(?:[^@/]+@)?([^/:]+):)(.+)\/([^/]+?)(?:\.git)?\/?$/i.exec(
    url,
  );
  if (m === null) return null;
  const host = (m[1] ?? m[2] ?? "").toLowerCase();
  return { host, owner: m[3] ?? "", repo: m[4] ?? "", forge: host === "github.com" ? "github" : "unknown" };
}
export function parsePullUrl(
  url: string,
): { host: string; owner: string; repo: string; number: number; forge: Forge } | null {
  const m = /^https:\/\/([^/:@]+)\/(.+?)\/([^/]+)\/(?:pull|pulls|pull-requests|-\/merge_requests)\/(\d{1,9})/.exec(url);
  if (m === null) return null;
  return {
    host: (m[1] ?? "").toLowerCase(),
    owner: m[2] ?? "",
    repo: m[3] ?? "",
    number: Number(m[4]),
    forge: "unknown",
  };
}

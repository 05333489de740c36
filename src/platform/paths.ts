import { isAbsolute, join, resolve } from "node:path";
import { os } from "./builtins.ts";
import { UserError } from "./errors.ts";

/** The environment as the program sees it; handed in, so that tests can take it away. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The user's home folder: `HOME` first, so that a sandbox is a sandbox. */
export function homeOf(env: Env): string {
  return env.HOME || env.USERPROFILE || os().homedir();
}

/** Files under the ledger's own folder (`CC_LEDGER_HOME`, else `~/.cc-ledger`). */
export interface LedgerPaths {
  readonly home: string;
  readonly db: string;
  readonly spool: string;
  readonly audit: string;
  readonly blobs: string;
  readonly log: string;
  readonly pricing: string;
}

/** Resolves the ledger's folder; a relative `CC_LEDGER_HOME` would depend on where one stands, so it is refused. */
export function ledgerPaths(env: Env): LedgerPaths {
  const chosen = env.CC_LEDGER_HOME;
  if (chosen && !isAbsolute(chosen)) {
    throw new UserError(`CC_LEDGER_HOME must be an absolute path, but is ${JSON.stringify(chosen)}`);
  }
  const home = chosen ? resolve(chosen) : join(homeOf(env), ".cc-ledger");
  return {
    home,
    db: join(home, "ledger.db"),
    spool: join(home, "spool"),
    audit: join(home, "audit"),
    blobs: join(home, "blobs"),
    log: join(home, "cc-ledger.log"),
    pricing: env.CC_LEDGER_PRICING || join(home, "pricing.toml"),
  };
}

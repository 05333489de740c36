import { os } from "./builtins.ts";
import { UserError } from "./errors.ts";
import { isRooted, resolved, under } from "./plainPaths.ts";

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
  const home = env.CC_LEDGER_HOME ? chosenHome(env.CC_LEDGER_HOME) : under(homeOf(env), ".cc-ledger");
  return {
    home,
    db: under(home, "ledger.db"),
    spool: under(home, "spool"),
    audit: under(home, "audit"),
    blobs: under(home, "blobs"),
    log: under(home, "cc-ledger.log"),
    pricing: env.CC_LEDGER_PRICING || under(home, "pricing.toml"),
  };
}

function chosenHome(chosen: string): string {
  if (!isRooted(chosen))
    throw new UserError(`CC_LEDGER_HOME must be an absolute path, but is ${JSON.stringify(chosen)}`);
  return resolved(chosen);
}

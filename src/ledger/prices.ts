import { identityOf } from "../platform/builtins.ts";
import { messageOf, UserError } from "../platform/errors.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import { PriceBook } from "../pricing/book.ts";

const MAX_FILE_BYTES = 4 << 20;

/** The prices in force: the built-in table, overridden by `$CC_LEDGER_PRICING`, else by `<home>/pricing.toml`.
 *  Throws a {@link UserError} for a file that cannot be read or holds nonsense. */
export async function loadPrices(env: Env, paths: LedgerPaths): Promise<PriceBook> {
  const chosen = env.CC_LEDGER_PRICING !== undefined && env.CC_LEDGER_PRICING !== "";
  const info = await identityOf(paths.pricing);
  if (info === null && !chosen) return PriceBook.builtIn();
  if (info === null) throw new UserError(`CC_LEDGER_PRICING names ${paths.pricing}, which does not exist`);
  if (!info.isFile() || info.size > MAX_FILE_BYTES) throw new UserError(`${paths.pricing} is no file of prices`);
  let text: string;
  try {
    text = await Bun.file(paths.pricing).text();
  } catch (error) {
    throw new UserError(`cannot read ${paths.pricing}: ${messageOf(error)}`);
  }
  const { parseOverride } = await import("../pricing/override.ts");
  return PriceBook.builtIn().withOverrides(parseOverride(text, paths.pricing));
}

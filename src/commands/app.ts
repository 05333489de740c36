export async function runCommand(args: readonly string[], env: Record<string,string|undefined>): Promise<number> {
  const { claudeCode } = await import("../agents/claude-code/index.ts");
  const { openBook } = await import("../ledger/open.ts");
  const { planCatchUp } = await import("../ledger/catchup.ts");
  const { readParallel } = await import("../ledger/readParallel.ts");
  const { Writer } = await import("../ledger/writer.ts");
  const { PriceBook } = await import("../pricing/book.ts");
  const book = openBook("/tmp/perf/l5/ledger.db", { busyTimeoutMs: 1000, allowReadOnly: false });
  const list = claudeCode.list(claudeCode.roots(env));
  const pending = planCatchUp(book.db, 1, list.files);
  const writer = new Writer(book.db, { agent: "claude-code", machine: { host: "h", os: "linux" }, prices: PriceBook.builtIn(), now: Date.now });
  const result = { roots: [], files: 0, changed: 0, work: { opened: 0, bytes: 0 }, problems: [] };
  await readParallel(pending, 2, writer, result, () => {});
  console.log(result.work, args);
  return 0;
}

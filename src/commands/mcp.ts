import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export const mcp = buildCommand<Record<never, never>, [], Context>({
  docs: {
    brief: "MCP server on standard input and output, for coding agents and other clients",
    fullDescription:
      "An MCP server: a client starts it and asks it what was spent; docs/mcp.md says how Claude Code, Codex, Cursor, VS Code and others are told of it.\nIt answers from the ledger and reads what the logs gained beside that; only budget_set writes.",
  },
  parameters: {},
  loader: async () => (await import("./run/mcp.ts")).run,
});

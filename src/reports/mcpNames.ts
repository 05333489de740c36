/** Names of MCP servers and tools. Agents name a server's tool `mcp__server__tool`, a plugin's `mcp__plugin_<plugin>_<server>__tool`. */

export interface McpName {
  server: string;
  tool: string;
  plugin: string | null;
}

/** Parts of a tool's name, null where it is no tool of an MCP server. */
export function mcpToolOf(name: string): McpName | null {
  const parts = /^mcp__(.+?)__(.+)$/.exec(name);
  if (parts === null) return null;
  return { ...mcpServerOf(parts[1] as string), tool: parts[2] as string };
}

/** A server as tool names (`plugin_shop_issues`) or the client's own words (`plugin:shop:issues`) have it. */
export function mcpServerOf(name: string): { server: string; plugin: string | null } {
  const parts = /^plugin[:_]([^:_]+)[:_](.+)$/.exec(name);
  const server = (parts?.[2] ?? name).replaceAll(/[^\p{L}\p{N}_-]/gu, "_");
  return { server, plugin: parts?.[1] ?? null };
}

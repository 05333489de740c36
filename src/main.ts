/** Entry point. Hooks, the statusline and the MCP server take a short way of their own: whoever starts them waits. */
const [command, ...rest] = process.argv.slice(2);

if (command === "hook") {
  // What is needed for certain loads while the payload comes.
  const reading = Bun.stdin.text();
  const pass = rest[1] === "pre-tool-use" ? import("./commands/hookPass.ts") : null;
  const filing = pass === null ? import("./commands/hook.ts") : null;
  const [text, short] = await Promise.all([reading, pass, filing]);
  if (short === null || !short.mayPass(text, process.env)) {
    const { runHook } = await (filing ?? import("./commands/hook.ts"));
    const answer = await runHook(rest, process.env, text);
    // A client that does not listen any more is none of a hook's troubles.
    if (answer !== null) await Bun.write(Bun.stdout, answer).catch(() => undefined);
  }
  // At once: handlers need no farewell, and a hook is waited for.
  (process as { reallyExit?: (code: number) => never }).reallyExit?.(0);
  process.exit(0);
} else if (command === "statusline" && (rest.length === 0 || rest[0]?.startsWith("--wrap"))) {
  const reading = Bun.stdin.text();
  const { runStatusline } = await import("./commands/statusline.ts");
  const line = await runStatusline(rest, process.env, () => reading);
  // Written at once: to wait for the writing takes another half a millisecond.
  console.log(line);
  (process as { reallyExit?: (code: number) => never }).reallyExit?.(0);
  process.exit(0);
} else if (command === "mcp" && ["", "catch-up", "query", "advise"].includes(rest.join(" "))) {
  const { runMcp } = await import("./mcp/serve.ts");
  process.exit(await runMcp(rest, process.env));
} else {
  const { runCommand } = await import("./commands/app.ts");
  process.exitCode = await runCommand(process.argv.slice(2), process.env);
}

export {};

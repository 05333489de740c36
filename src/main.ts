/** Entry point. Hooks take the short way: nothing that they do not use is loaded. */
const [command, ...rest] = process.argv.slice(2);

if (command === "hook") {
  const { runHook } = await import("./commands/hook.ts");
  await runHook(rest, process.env, () => Bun.stdin.text());
  process.exit(0);
} else {
  const { runCommand } = await import("./commands/app.ts");
  process.exitCode = await runCommand(process.argv.slice(2), process.env);
}

export {};

import { ToolFlag as F } from "./flags.ts";
import { setOf, WordTable } from "./lists.ts";
import { PROGRAMS, TASK_WORDS } from "./programs.ts";

type Subcommands = (words: readonly string[]) => number;

/** What the name of a task, a script or a target says: `test:unit`, `deploy.sh`, `build-all`. 0 when nothing. */
export function taskFlags(name: string): number {
  const lower = name.slice(0, 80).toLowerCase();
  const whole = TASK_WORDS.first(lower);
  if (whole !== undefined) return whole;
  for (const word of lower.split(/[^a-z0-9]/)) {
    const flag = TASK_WORDS.first(word);
    if (flag !== undefined) return flag;
  }
  return 0;
}

/** How the arguments of a program tell what it does; undefined for programs that do one thing. */
export function subcommandsOf(program: string): Subcommands | undefined {
  switch (program) {
    case "npm":
    case "pnpm":
    case "yarn":
    case "bun":
      return packageManager;
    case "docker":
    case "podman":
    case "docker-compose":
    case "kubectl":
    case "oc":
      return containers;
    case "gh":
    case "glab":
      return forge;
    case "hub":
    case "gt":
      return () => F.gitWrite;
    case "node":
      return (words) => (words.includes("--test") ? F.runTests : inspected(words));
    case "php":
      return (words) => (words.includes("test") ? F.runTests : F.script);
    case "playwright":
      return (words) => (args(words)[0] === "install" ? F.install : F.runTests);
    case "systemctl":
      return (words) => (SERVICE_READS.has(args(words)[0]) ? F.inspect : F.deploy);
    case "bundle":
      return () => F.install;
    default: {
      const own = OWN.get(program);
      if (own !== undefined) return (words) => own[0].first(args(words)[0]) ?? own[1];
      return RUNNERS.has(program) ? runner : undefined;
    }
  }
}

const RUNNERS = setOf(
  "make gmake just task rake nx turbo bazel gradle gradlew mvn mvnw dotnet swift flutter dart mix zig rails sbt stack " +
    "cabal artisan",
);

const SERVICE_READS = setOf("status list-units is-active show cat");

/** Tables of subcommands, and what any other subcommand does. */
const OWN = new Map<string, readonly [WordTable<number>, number]>([
  [
    "cargo",
    [
      new WordTable<number>([
        [F.runTests, "test t nextest bench miri tarpaulin llvm-cov"],
        [F.check, "clippy fmt check c fix audit deny machete"],
        [F.script, "run r"],
        [F.install, "add remove install update fetch init new"],
        [F.deploy, "publish release"],
        [F.read, "tree metadata doc search"],
      ]),
      F.build,
    ],
  ],
  [
    "go",
    [
      new WordTable<number>([
        [F.runTests, "test"],
        [F.check, "vet fmt"],
        [F.script, "run tool"],
        [F.install, "get mod install work"],
        [F.read, "doc list env version"],
      ]),
      F.build,
    ],
  ],
  [
    "deno",
    [
      new WordTable<number>([
        [F.runTests, "test bench"],
        [F.check, "lint fmt check"],
        [F.deploy, "publish deploy"],
        [F.install, "add install cache"],
        [F.build, "compile bundle"],
      ]),
      F.script,
    ],
  ],
  [
    "uv",
    [
      new WordTable<number>([
        [F.install, "pip add remove sync lock python venv"],
        [F.deploy, "publish"],
        [F.build, "build"],
      ]),
      F.script,
    ],
  ],
  [
    "poetry",
    [
      new WordTable<number>([
        [F.deploy, "publish"],
        [F.build, "build"],
        [F.read, "show check env"],
      ]),
      F.install,
    ],
  ],
]);

/** First and second argument that is not an option. */
function args(words: readonly string[]): [string, string] {
  const plain = words.slice(1).filter((word) => !word.startsWith("-"));
  return [plain[0] ?? "", plain[1] ?? ""];
}

function inspected(words: readonly string[]): number {
  return words.some((word) => word.startsWith("--inspect")) ? F.inspect : F.script;
}

const PACKAGE_COMMANDS = new WordTable<number>([
  [
    F.install,
    "install i ci add remove rm uninstall update upgrade up link dedupe audit fund init create import prune rebuild",
  ],
  [F.runTests, "test t tst"],
  [F.deploy, "publish version deprecate dist-tag pack"],
  [F.read, "ls list outdated view info why show explain search root prefix bin config whoami"],
]);

/** npm and its kin: own subcommands first, then a program's or a script's name. */
function packageManager(words: readonly string[]): number {
  const [command, second] = args(words);
  if (command === "run" || command === "run-script" || command === "workspace" || command === "workspaces") {
    return taskFlags(second) || F.script;
  }
  if (command === "") return words[0] === "yarn" ? F.install : F.idle;
  return PACKAGE_COMMANDS.first(command) ?? PROGRAMS.first(command) ?? (taskFlags(command) || F.script);
}

/** make, just, gradle, mvn: the targets say it; without any they build. */
function runner(words: readonly string[]): number {
  let flags = 0;
  for (const word of words.slice(1)) {
    if (!word.startsWith("-") && !word.includes("=")) flags |= taskFlags(word);
  }
  return flags || F.build;
}

const CONTAINER_READS = setOf(
  "ps logs inspect stats images top events info version ls port history network volume get describe diff explain",
);

/** `docker compose exec api pytest` runs tests: there any of the arguments may tell. */
function containers(words: readonly string[]): number {
  const [first, second] = args(words);
  const command = first === "compose" ? second : first;
  if (command !== "exec" && !(command === "run" && first === "compose")) {
    return CONTAINER_READS.has(command) ? F.inspect : F.deploy;
  }
  const tests = words.slice(2).some((word) => word === "test" || PROGRAMS.first(word) === F.runTests);
  return tests ? F.runTests : F.inspect;
}

const FORGE_READS = setOf("view list diff checks status ls");
const FORGE_READ_GROUPS = setOf("api search status auth");

/** gh and glab. */
function forge(words: readonly string[]): number {
  const [group, action] = args(words);
  if (group === "run" || group === "workflow") return action === "run" || action === "rerun" ? F.deploy : F.inspect;
  if (group === "release") return action === "create" || action === "upload" ? F.deploy : F.gitRead;
  return FORGE_READ_GROUPS.has(group) || FORGE_READS.has(action) ? F.gitRead : F.gitWrite;
}

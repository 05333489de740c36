import { ToolFlag as F } from "./flags.ts";
import { tableOf, wordsOf } from "./lists.ts";

/** Programs by what they do whatever their arguments are. */
const BY_KIND: readonly (readonly [number, string])[] = [
  [
    F.read,
    `
      cat ls ll grep egrep fgrep rg ag ack find fd fdfind head tail less more bat wc tree stat file du df sed awk
      gawk jq yq sort uniq cut diff cmp tr nl od xxd hexdump strings which whereis type realpath readlink dirname
      basename column comm md5sum sha256sum cloc tokei scc ast-grep sg zcat unzip tar get-content get-childitem
      select-string gci gc dir findstr measure-object get-item pdftotext exiftool identify man tldr nproc uname
      whoami env printenv id hostname
    `,
  ],
  [
    F.idle,
    `
      cd pushd popd echo printf sleep true false pwd export set unset source . test [ [[ : exit return wait read
      trap for case done fi esac } in local declare alias ulimit umask date clear write-host write-output
      start-sleep set-location function select seq yes cal
    `,
  ],
  [
    F.runTests,
    `
      pytest py.test vitest jest mocha ava tap phpunit pest rspec minitest ctest bats tox nox gotestsum nosetests
      unittest cypress karma jasmine nightwatch wdio testcafe cucumber behave robot k6 locust busted bashunit
      nextest stryker invoke-pester lit coverage
    `,
  ],
  [
    F.build,
    `
      webpack rollup esbuild parcel tsup tsdown ninja meson cmake xcodebuild gcc g++ clang clang++ rustc javac
      msbuild emcc storybook vite
    `,
  ],
  [
    F.check,
    `
      eslint biome prettier tsc ruff mypy pyright black isort flake8 pylint rubocop standard stylelint oxlint
      clippy gofmt goimports golangci-lint staticcheck shellcheck shfmt hadolint knip rustfmt phpstan psalm ktlint
      swiftlint vue-tsc dprint pre-commit lefthook semgrep svelte-check
    `,
  ],
  [
    F.install,
    `
      pip pip3 apt apt-get brew dnf yum apk pacman choco winget scoop snap conda mamba gem composer corepack nvm
      fnm asdf mise rustup npm-check-updates ncu taze create-next-app degit volta pyenv rbenv
    `,
  ],
  [
    F.deploy,
    `
      vercel netlify fly flyctl heroku wrangler pulumi ansible ansible-playbook serverless sls cdk sam railway eb
      kamal cap helm helmfile terraform tofu terragrunt skaffold argocd rsync scp goreleaser semantic-release
      changeset twine lerna firebase surge dokku podman packer pm2 service
    `,
  ],
  [
    F.inspect,
    `
      ps top htop lsof netstat ss gdb lldb strace dtrace ltrace dmesg journalctl perf valgrind ping dig nslookup
      traceroute free vmstat iostat pgrep nc telnet openssl env-info get-process leaks heaptrack rr objdump nm
      otool ldd addr2line kill pkill killall
    `,
  ],
  [
    F.query,
    `
      curl wget http xh httpie psql mysql sqlite3 mongosh mongo redis-cli duckdb clickhouse clickhouse-client bq
      grpcurl websocat invoke-webrequest invoke-restmethod iwr irm aws gcloud az s3cmd gsutil sqlcmd ssh
    `,
  ],
  [
    F.files,
    `
      mv cp mkdir rm rmdir touch ln chmod chown move-item copy-item new-item remove-item install trash ditto zip
      gzip gunzip
    `,
  ],
  [F.editCode, "patch set-content add-content out-file ed ex"],
  [F.script, "node deno ruby perl php java lua r rscript julia osascript tsx ts-node ffmpeg convert mogrify magick"],
];

export const PROGRAMS: ReadonlyMap<string, number> = tableOf(BY_KIND);

/** What a word in the name of a task, script or target tells. The first word that tells something decides. */
export const TASK_WORDS: ReadonlyMap<string, number> = tableOf<number>([
  [
    F.runTests,
    "test tests spec e2e unit integration coverage bench benchmark smoke check-all vitest jest pytest t regression",
  ],
  [F.deploy, "deploy publish release ship rollback rollout promote provision upload"],
  [F.check, "lint typecheck types format fmt check verify validate prettier eslint tsc tidy vet audit"],
  [F.install, "install setup bootstrap deps upgrade update ci add remove uninstall i rm un up"],
  [
    F.build,
    `
          build compile bundle dev start serve watch preview dist package pack clean docker image make all run
          storybook server generate codegen
        `,
  ],
]);

/** Looks up the words of `name` (cut at anything but letters and digits) until one is known. */
export function lookup(table: ReadonlyMap<string, number>, name: string): number {
  const whole = table.get(name.toLowerCase());
  if (whole !== undefined) return whole;
  for (const word of name
    .slice(0, 80)
    .toLowerCase()
    .split(/[^a-z0-9]/)) {
    const flag = word === "" ? undefined : table.get(word);
    if (flag !== undefined) return flag;
  }
  return 0;
}

type Subcommands = (words: readonly string[]) => number;

/** First and second argument that is not an option. */
function args(words: readonly string[]): [string, string] {
  const plain = words.slice(1).filter((word) => !word.startsWith("-"));
  return [plain[0] ?? "", plain[1] ?? ""];
}

/** Tells by the first argument; `fallback` for any other. */
function by(table: Record<string, string>, flags: Record<string, number>, fallback: number): Subcommands {
  const known = new Map(
    Object.entries(table).flatMap(([kind, names]) =>
      wordsOf(names).map((name): [string, number] => [name, flags[kind] ?? fallback]),
    ),
  );
  return (words) => known.get(args(words)[0]) ?? fallback;
}

/** npm and its kin: own subcommands first, then the script's name. */
const packageManager: Subcommands = (words) => {
  const [command, second] = args(words);
  if (command === "run" || command === "run-script" || command === "workspace" || command === "workspaces") {
    return lookup(TASK_WORDS, second) || F.script;
  }
  if (command === "") return words[0] === "yarn" ? F.install : F.idle;
  const own = PACKAGE_COMMANDS.get(command);
  if (own !== undefined) return own;
  return PROGRAMS.get(command) ?? (lookup(TASK_WORDS, command) || F.script);
};

const PACKAGE_COMMANDS = tableOf<number>([
  [
    F.install,
    `
          install i ci add remove rm uninstall update upgrade up link dedupe audit fund init create import prune
          rebuild
        `,
  ],
  [F.runTests, "test t tst"],
  [F.deploy, "publish version deprecate dist-tag pack"],
  [F.read, "ls list outdated view info why show explain search root prefix bin config whoami"],
]);

/** make, just, task, gradle, mvn: the targets say it; without any they build. */
const runner: Subcommands = (words) => {
  let flags = 0;
  for (const word of words.slice(1))
    if (!word.startsWith("-") && !word.includes("=")) flags |= lookup(TASK_WORDS, word);
  return flags || F.build;
};

/** Tells by any of the arguments, as `docker compose exec api pytest` does. */
const containers: Subcommands = (words) => {
  const [first, second] = args(words);
  const command = first === "compose" ? second : first;
  if (command === "exec" || (command === "run" && first === "compose")) {
    for (const word of words.slice(2)) if (PROGRAMS.get(word) === F.runTests || word === "test") return F.runTests;
    return F.inspect;
  }
  return CONTAINER_READS.has(command) ? F.inspect : F.deploy;
};

const CONTAINER_READS = new Set(
  wordsOf(
    "ps logs inspect stats images top events info version ls port history network volume get describe diff explain",
  ),
);

const forge: Subcommands = (words) => {
  const [group, action] = args(words);
  if (group === "run" || group === "workflow") return action === "run" || action === "rerun" ? F.deploy : F.inspect;
  if (group === "release") return action === "create" || action === "upload" ? F.deploy : F.gitRead;
  if (group === "api" || group === "search" || group === "status" || group === "auth") return F.gitRead;
  return /^(?:view|list|diff|checks|status|ls)$/.test(action) ? F.gitRead : F.gitWrite;
};

const CARGO = {
  test: "test t nextest bench miri tarpaulin llvm-cov",
  check: "clippy fmt check c fix audit deny machete",
  run: "run r",
  install: "add remove install update fetch init new",
  ship: "publish release",
  read: "tree metadata doc search",
};
const GO = {
  test: "test",
  check: "vet fmt",
  run: "run tool",
  install: "get mod install work",
  read: "doc list env version",
};
const KINDS = {
  test: F.runTests,
  check: F.check,
  run: F.script,
  install: F.install,
  ship: F.deploy,
  read: F.read,
  build: F.build,
};
const cargo = by(CARGO, KINDS, F.build);

/** Programs whose arguments decide. */
export const SUBCOMMANDS: ReadonlyMap<string, Subcommands> = new Map<string, Subcommands>([
  ["npm", packageManager],
  ["pnpm", packageManager],
  ["yarn", packageManager],
  ["bun", packageManager],
  ["make", runner],
  ["gmake", runner],
  ["just", runner],
  ["task", runner],
  ["rake", runner],
  ["nx", runner],
  ["turbo", runner],
  ["bazel", runner],
  ["gradle", runner],
  ["gradlew", runner],
  ["mvn", runner],
  ["mvnw", runner],
  ["dotnet", runner],
  ["swift", runner],
  ["flutter", runner],
  ["dart", runner],
  ["mix", runner],
  ["zig", runner],
  ["rails", runner],
  ["sbt", runner],
  ["stack", runner],
  ["cabal", runner],
  ["playwright", (words) => (args(words)[0] === "install" ? F.install : F.runTests)],
  [
    "deno",
    by(
      {
        test: "test bench",
        check: "lint fmt check",
        ship: "publish",
        install: "add install cache",
        build: "compile bundle",
        run: "run eval task",
      },
      KINDS,
      F.script,
    ),
  ],
  ["cargo", cargo],
  ["go", by(GO, KINDS, F.build)],
  ["uv", by({ install: "pip add remove sync lock python venv", ship: "publish", build: "build" }, KINDS, F.script)],
  ["poetry", by({ install: "add remove install update lock", ship: "publish", build: "build" }, KINDS, F.install)],
  ["bundle", () => F.install],
  ["artisan", runner],
  ["php", (words) => (words.includes("test") ? F.runTests : F.script)],
  ["docker", containers],
  ["podman", containers],
  ["docker-compose", containers],
  ["kubectl", containers],
  ["oc", containers],
  ["systemctl", (words) => (/^(?:status|list-units|is-active|show|cat)$/.test(args(words)[0]) ? F.inspect : F.deploy)],
  [
    "node",
    (words) =>
      words.some((word) => word === "--test")
        ? F.runTests
        : words.some((word) => word.startsWith("--inspect"))
          ? F.inspect
          : F.script,
  ],
  ["gh", forge],
  ["glab", forge],
  ["hub", () => F.gitWrite],
  ["gt", () => F.gitWrite],
]);

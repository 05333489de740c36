import { ToolFlag as F } from "./flags.ts";
import { WordTable } from "./lists.ts";

/** Programs by what they do whatever their arguments are. */
export const PROGRAMS = new WordTable<number>([
  [
    F.read,
    "cat ls ll grep egrep fgrep rg ag ack find fd fdfind head tail less more bat wc tree stat file " +
      "du df sed awk gawk jq yq sort uniq cut diff cmp tr nl od xxd hexdump strings which whereis type " +
      "realpath readlink dirname basename column comm md5sum sha256sum cloc tokei scc ast-grep sg zcat " +
      "unzip tar get-content get-childitem select-string gci gc dir findstr measure-object get-item " +
      "pdftotext exiftool identify man tldr nproc uname whoami env printenv id hostname",
  ],
  [
    F.idle,
    "cd pushd popd echo printf sleep true false pwd export set unset source . test [ [[ : exit " +
      "return wait read trap for case done fi esac } in local declare alias ulimit umask date clear " +
      "write-host write-output start-sleep set-location function select seq yes cal",
  ],
  [
    F.runTests,
    "pytest py.test vitest jest mocha ava tap phpunit pest rspec minitest ctest bats tox nox " +
      "gotestsum nosetests unittest cypress karma jasmine nightwatch wdio testcafe cucumber behave " +
      "robot k6 locust busted bashunit nextest stryker invoke-pester lit coverage",
  ],
  [
    F.build,
    "webpack rollup esbuild parcel tsup tsdown ninja meson cmake xcodebuild gcc g++ clang clang++ " +
      "rustc javac msbuild emcc storybook vite",
  ],
  [
    F.check,
    "eslint biome prettier tsc ruff mypy pyright black isort flake8 pylint rubocop standard " +
      "stylelint oxlint clippy gofmt goimports golangci-lint staticcheck shellcheck shfmt hadolint " +
      "knip rustfmt phpstan psalm ktlint swiftlint vue-tsc dprint pre-commit lefthook semgrep " +
      "svelte-check",
  ],
  [
    F.install,
    "pip pip3 apt apt-get brew dnf yum apk pacman choco winget scoop snap conda mamba gem composer " +
      "corepack nvm fnm asdf mise rustup npm-check-updates ncu taze create-next-app degit volta pyenv " +
      "rbenv",
  ],
  [
    F.deploy,
    "vercel netlify fly flyctl heroku wrangler pulumi ansible ansible-playbook serverless sls cdk " +
      "sam railway eb kamal cap helm helmfile terraform tofu terragrunt skaffold argocd rsync scp " +
      "goreleaser semantic-release changeset twine lerna firebase surge dokku podman packer pm2 service",
  ],
  [
    F.inspect,
    "ps top htop lsof netstat ss gdb lldb strace dtrace ltrace dmesg journalctl perf valgrind ping " +
      "dig nslookup traceroute free vmstat iostat pgrep nc telnet openssl env-info get-process leaks " +
      "heaptrack rr objdump nm otool ldd addr2line kill pkill killall",
  ],
  [
    F.query,
    "curl wget http xh httpie psql mysql sqlite3 mongosh mongo redis-cli duckdb clickhouse " +
      "clickhouse-client bq grpcurl websocat invoke-webrequest invoke-restmethod iwr irm aws gcloud az " +
      "s3cmd gsutil sqlcmd ssh",
  ],
  [
    F.files,
    "mv cp mkdir rm rmdir touch ln chmod chown move-item copy-item new-item remove-item install " +
      "trash ditto zip gzip gunzip",
  ],
  [F.editCode, "patch set-content add-content out-file ed ex"],
  [F.script, "node deno ruby perl php java lua r rscript julia osascript tsx ts-node ffmpeg convert mogrify magick"],
]);

/** What a word in the name of a task, script or target tells. The first word that tells something decides. */
export const TASK_WORDS = new WordTable<number>([
  [
    F.runTests,
    "test tests spec e2e unit integration coverage bench benchmark smoke check-all vitest jest pytest t regression",
  ],
  [F.deploy, "deploy publish release ship rollback rollout promote provision upload"],
  [F.check, "lint typecheck types format fmt check verify validate prettier eslint tsc tidy vet audit"],
  [F.install, "install setup bootstrap deps upgrade update ci add remove uninstall i rm un up"],
  [
    F.build,
    "build compile bundle dev start serve watch preview dist package pack clean docker image make " +
      "all run storybook server generate codegen",
  ],
]);

import { ToolFlag } from "./flags.ts";
import { setOf } from "./lists.ts";

const TEST_FOLDERS = setOf("test tests __tests__ spec specs e2e cypress testdata");
const TEST_MARKS = ["test", "tests", "spec", "e2e"];
const BUILD_FOLDERS = setOf("k8s helm terraform ansible .circleci .buildkite workflows");
const BUILD_FILES = setOf(
  "makefile justfile jenkinsfile procfile cmakelists.txt gemfile gemfile.lock package.json package-lock.json " +
    "pnpm-lock.yaml pnpm-workspace.yaml yarn.lock bun.lock bun.lockb pyproject.toml poetry.lock uv.lock composer.json " +
    "composer.lock cargo.toml cargo.lock go.mod go.sum pom.xml build.gradle build.gradle.kts chart.yaml vercel.json " +
    "netlify.toml fly.toml wrangler.toml wrangler.json wrangler.jsonc .nvmrc .python-version .tool-versions " +
    ".gitlab-ci.yml azure-pipelines.yml",
);
const PLAN_FOLDERS = setOf("plans specs spec rfc rfcs adr");
const PLAN_NAMES = setOf("plan roadmap todo tasks");
const DOC_KINDS = setOf("md mdx rst adoc txt tex");
const MAX_PATH = 600;

/** Which kind of file an edit wrote: a plan, a test, a build file, a document, or code (which is also all the rest). */
export function editFlag(path: string): number {
  const parts = path.slice(-MAX_PATH).replaceAll("\\", "/").split("/");
  const name = parts.pop() ?? "";
  const lower = name.toLowerCase();
  const dot = lower.lastIndexOf(".");
  const kind = lower.slice(dot + 1);
  const stem = dot < 0 ? lower : lower.slice(0, dot);
  const folder = parts.at(-1) ?? "";
  if (isPlan(stem, kind, folder, parts.at(-2) ?? "")) return ToolFlag.plan;
  if (parts.some((part) => TEST_FOLDERS.has(part)) || isTest(name, lower)) return ToolFlag.editTest;
  if (isBuild(lower, stem, kind) || parts.some((part) => BUILD_FOLDERS.has(part))) return ToolFlag.editBuild;
  return DOC_KINDS.has(kind) ? ToolFlag.editDocs : ToolFlag.editCode;
}

/** A plan file of the client, `PLAN.md`, `release-plan.md`, `specs/import.md`. */
function isPlan(stem: string, kind: string, folder: string, above: string): boolean {
  if (folder === "plans" && above === ".claude") return true;
  if (kind !== "md" && kind !== "txt") return false;
  const last = stem.slice(Math.max(stem.lastIndexOf("-"), stem.lastIndexOf("_")) + 1);
  return PLAN_NAMES.has(last) || (kind === "md" && PLAN_FOLDERS.has(folder));
}

/** `a.test.ts`, `a_test.go`, `test_a.py`, `CartTest.php`. */
function isTest(name: string, lower: string): boolean {
  if (lower.startsWith("test_") || lower === "conftest.py") return true;
  for (const mark of TEST_MARKS) {
    const at = lower.lastIndexOf(`${mark}.`);
    const before = lower.charAt(at - 1);
    if (at > 0 && (before === "." || before === "_" || before === "-")) return true;
  }
  const stem = name.slice(0, Math.max(0, name.lastIndexOf(".")));
  return stem.endsWith("Test") || stem.endsWith("Tests") || stem.endsWith("Spec");
}

function isBuild(lower: string, stem: string, kind: string): boolean {
  if (BUILD_FILES.has(lower) || kind === "tf" || kind === "tfvars") return true;
  if (stem === "dockerfile" || kind === "dockerfile" || lower === "dockerfile") return true;
  if (stem.startsWith("requirements") && kind === "txt") return true;
  return (kind === "yml" || kind === "yaml") && (stem.startsWith("docker-compose") || stem.startsWith("compose"));
}

import { ToolFlag } from "./flags.ts";

const TEST = anyOf(
  "(?:^|/)(?:tests?|__tests__|specs?|e2e|cypress|testdata)/",
  "[._-](?:test|spec|tests|e2e)\\.[^/]{1,40}$",
  "(?:^|/)(?:test_[^/]{1,200}|conftest\\.py)$",
);

/** `CartTest.php`, `UsersSpec.kt`: here the case of the letters matters. */
const TEST_CLASS = /(?:Test|Tests|Spec)\.\w{1,10}$/;

const PLAN = anyOf(
  "/\\.claude/plans/",
  "(?:^|/)(?:[a-z0-9]{1,40}[-_])?(?:plan|roadmap|todo|tasks)\\.(?:md|txt)$",
  "(?:^|/)(?:specs?|plans|rfcs?|adr)/[^/]{1,200}\\.md$",
);

const BUILD = anyOf(
  "(?:^|/)(?:[\\w-]{1,40}\\.)?dockerfile(?:\\.[\\w-]{1,40})?$",
  "(?:^|/)(?:docker-)?compose[^/]{0,40}\\.ya?ml$",
  "(?:^|/)(?:makefile|justfile|jenkinsfile|procfile|cmakelists\\.txt|gemfile(?:\\.lock)?)$",
  "(?:^|/)(?:package(?:-lock)?\\.json|pnpm-(?:lock|workspace)\\.yaml|yarn\\.lock|bun\\.lockb?)$",
  "(?:^|/)(?:pyproject\\.toml|poetry\\.lock|uv\\.lock|requirements[^/]{0,40}\\.txt|composer\\.(?:json|lock))$",
  "(?:^|/)(?:cargo\\.(?:toml|lock)|go\\.(?:mod|sum)|pom\\.xml|build\\.gradle(?:\\.kts)?|chart\\.yaml)$",
  "(?:^|/)(?:vercel\\.json|netlify\\.toml|fly\\.toml|wrangler\\.(?:toml|jsonc?))$",
  "(?:^|/)\\.(?:nvmrc|python-version|tool-versions|gitlab-ci\\.yml)$",
  "(?:^|/)azure-pipelines\\.yml$",
  "\\.tf(?:vars)?$",
  "(?:^|/)\\.(?:github/workflows|circleci|buildkite)/",
  "(?:^|/)(?:k8s|helm|terraform|ansible)/",
);

const DOCS = anyOf(
  "\\.(?:md|mdx|rst|adoc|txt|tex)$",
  "(?:^|/)(?:docs?|documentation)/[^/]{1,200}\\.(?:html?|json|ya?ml)$",
);

const MAX_PATH = 600;

/** Which kind of file an edit wrote: a plan, a test, a build file, a document, or code (which is also all the rest). */
export function editFlag(path: string): number {
  const end = path.length > MAX_PATH ? path.slice(-MAX_PATH) : path;
  const slashed = end.includes("\\") ? end.replaceAll("\\", "/") : end;
  if (PLAN.test(slashed)) return ToolFlag.plan;
  if (TEST.test(slashed) || TEST_CLASS.test(slashed)) return ToolFlag.editTest;
  if (BUILD.test(slashed)) return ToolFlag.editBuild;
  return DOCS.test(slashed) ? ToolFlag.editDocs : ToolFlag.editCode;
}

function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join("|"), "i");
}

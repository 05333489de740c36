import { ToolFlag } from "./flags.ts";

const TEST = /(?:^|\/)(?:tests?|__tests__|specs?|e2e|cypress|testdata)\/|[._-](?:test|spec|tests|e2e)\.[^/]*$|(?:^|\/)(?:test_[^/]*|conftest\.py)$|(?:Test|Tests|Spec)\.\w+$/;
const PLAN = /\/\.claude\/plans\/|(?:^|\/)(?:[a-z0-9]{1,40}[-_])?(?:plan|roadmap|todo|tasks)\.(?:md|txt)$|(?:^|\/)(?:specs?|plans|rfcs?|adr)\/[^/]*\.md$/i;
const BUILD =
  /(?:^|\/)(?:(?:[\w-]{1,40}\.)?dockerfile(?:\.[\w-]{1,40})?|(?:docker-)?compose[^/]{0,40}\.ya?ml|makefile|justfile|jenkinsfile|procfile|cmakelists\.txt|package(?:-lock)?\.json|pnpm-(?:lock|workspace)\.yaml|yarn\.lock|bun\.lockb?|pyproject\.toml|poetry\.lock|uv\.lock|requirements[^/]{0,40}\.txt|cargo\.(?:toml|lock)|go\.(?:mod|sum)|gemfile(?:\.lock)?|composer\.(?:json|lock)|pom\.xml|build\.gradle(?:\.kts)?|chart\.yaml|vercel\.json|netlify\.toml|fly\.toml|wrangler\.(?:toml|jsonc?)|\.nvmrc|\.python-version|\.tool-versions|\.gitlab-ci\.yml|azure-pipelines\.yml|[^/]{1,80}\.tf(?:vars)?)$|\/?\.(?:github\/workflows|circleci|buildkite)\/|(?:^|\/)(?:k8s|helm|terraform|ansible)\//i;
const DOCS = /\.(?:md|mdx|rst|adoc|txt|tex)$|(?:^|\/)(?:docs?|documentation)\/[^/]{1,200}\.(?:html?|json|ya?ml)$/i;
const MAX_PATH = 600;

/** Which kind of file an edit wrote: a plan, a test, a build file, a document, or code (which is also all the rest). */
export function editFlag(path: string): number {
  const end = path.length > MAX_PATH ? path.slice(-MAX_PATH) : path;
  const slashed = end.includes("\\") ? end.replaceAll("\\", "/") : end;
  if (PLAN.test(slashed)) return ToolFlag.plan;
  if (TEST.test(slashed)) return ToolFlag.editTest;
  if (BUILD.test(slashed)) return ToolFlag.editBuild;
  return DOCS.test(slashed) ? ToolFlag.editDocs : ToolFlag.editCode;
}

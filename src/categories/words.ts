import { type IntentName, TextFlag } from "./flags.ts";

/** How a word has to stand to count.
 *  - `anywhere`: wherever it is.
 *  - `verb`: where a clause begins: "test it", not "the test".
 *  - `question`: as `verb`, but a plan or a choice named later says more: "what are the steps of the rollout plan".
 *  - `object`: after a verb of making or doing, within a few words: "open an issue", not "this issue".
 *  - `topic`: as `object`; also anywhere in a text that asks for nothing else: "unit tests, please". */
export type Standing = "anywhere" | "verb" | "question" | "object" | "topic";

/** Standing, what the words tell, the words, and the flag that words of the kind `flag` set. */
export type Row = readonly [Standing, IntentName | "flag" | "light", string, number?];

/** English words. */
export const WORDS: readonly Row[] = [
  ["anywhere", "fix", "fix fixing debug debugging troubleshoot repair bugfix hotfix"],
  ["verb", "fix", "solve resolve diagnose patch unbreak correct address rectify"],
  ["anywhere", "add", "implement implementing introduce scaffold"],
  [
    "verb",
    "add",
    "add adding create generate write support develop extend integrate enable allow expose prototype " +
      "provide new draft wire hook let surface",
  ],
  [
    "anywhere",
    "refactor",
    "refactor refactoring rename deduplicate dedupe reorganize reorganise restructure modularize " +
      "modularise decouple simplify consolidate readable deduplication declutter untangle optimize " +
      "optimise",
  ],
  [
    "verb",
    "refactor",
    "extract split move migrate tidy clean inline convert unify decompose rewrite flatten normalise " +
      "normalize port shorten hoist",
  ],
  ["verb", "test", "test retest verify benchmark rerun cover"],
  [
    "topic",
    "test",
    "tests test unit-test unit-tests testcase testcases e2e coverage suite specs spec regression-tests",
  ],
  ["anywhere", "explore", "explain investigate analyze analyse summarize summarise audit describe overview"],
  [
    "verb",
    "explore",
    "review understand find search look show list compare check double-check read research tell " +
      "inspect trace count examine identify locate study grep print display dig go-through",
  ],
  ["question", "explore", "where which who how what does is are whats"],
  ["verb", "plan", "plan outline scope spec estimate prioritize prioritise"],
  ["object", "plan", "plan milestones todo todos rfc backlog breakdown tickets proposal"],
  ["topic", "plan", "roadmap"],
  ["anywhere", "brainstorm", "brainstorm brainstorming ideas alternatives thoughts ideate"],
  ["verb", "brainstorm", "suggest recommend imagine"],
  ["anywhere", "git", "rebase cherry-pick squash gitignore unstage fast-forward"],
  ["verb", "git", "commit push pull merge revert stash branch checkout amend tag git unstash pr ship undo"],
  ["topic", "git", "pr prs mr worktree"],
  ["object", "git", "commit commits branch branches tag issue stash conflicts"],
  ["anywhere", "ship", "deploy redeploy deploying dockerize containerize provision rollback"],
  [
    "verb",
    "ship",
    "build compile install reinstall publish release upgrade restart start launch rebuild bundle " +
      "package uninstall serve spin boot",
  ],
  [
    "object",
    "ship",
    "release build dockerfile docker-compose ci pipeline deployment container dependencies deps server " +
      "stack makefile",
  ],
  [
    "verb",
    "change",
    "change set update use replace remove delete bump tweak adjust switch format drop apply turn " +
      "increase decrease reduce put document translate execute edit modify disable resize fill hide swap " +
      "reword reorder sort lower raise",
  ],
  ["object", "change", "comment comments docstring docstrings documentation docs readme jsdoc typo typos"],
  [
    "verb",
    "light",
    "make do run have give open prepare cut get need want start execute apply update create write " +
      "draft generate add set file increase improve delete close rename push turn",
  ],
  [
    "anywhere",
    "flag",
    "crash crashes crashed crashing broken broke bug bugs buggy failing fails segfault segfaults hang " +
      "hangs freezes flaky leak leaks stale regression deadlock corrupt corrupted misbehaves malfunction " +
      "glitch glitches stuck infinite misaligned garbled overlaps flickers",
    TextFlag.trouble,
  ],
  [
    "anywhere",
    "flag",
    "error errors issue wrong exception exceptions fail failed failure unexpected warning warnings " +
      "incorrect incorrectly problem weird strange slow",
    TextFlag.weakTrouble,
  ],
  [
    "anywhere",
    "flag",
    "traceback stacktrace panicked sigsegv enoent econnrefused eaddrinuse segmentation",
    TextFlag.trace,
  ],
  ["anywhere", "flag", "why", TextFlag.why],
  [
    "anywhere",
    "flag",
    "thanks thx thank ty hello hi hey cheers lol haha great cool nice perfect awesome bye goodbye " +
      "sorry merci gracias danke obrigado obrigada bonjour hola hallo olá salut grazie",
    TextFlag.chat,
  ],
  [
    "anywhere",
    "flag",
    "subagent subagents sub-agent sub-agents delegate teammate teammates subagenten subagente " +
      "subagentes sous-agent sous-agents",
    TextFlag.delegate,
  ],
];

/** Phrases of two or three words, separated by commas. A phrase wins over the words in it. */
export const PHRASES: readonly Row[] = [
  [
    "anywhere",
    "flag",
    "not working, doesn't work, does not work, didn't work, don't work, stopped working, used to work, " +
      "stack trace, does nothing, do nothing, nothing happens, blows up, out of memory, memory leak, " +
      "off-by-one is, core dumped, logged out, permission denied, build failed, no longer works, isn't " +
      "working, won't start, won't load, can't connect, does not exist, doesn't exist, not found, must " +
      "not happen, shouldn't happen, should not happen, same result, same problem, same error, is empty, " +
      "is blank, shows nothing, too slow, takes forever, since then, not showing, doesn't show, doesn't " +
      "appear, not appearing, doesn't load, not loading, goes wrong, went wrong, wrong result, double " +
      "counted, counted twice, two times, out of sync, should be showing, instead of showing, it should " +
      "be, timed out, times out, geht nicht, funktioniert nicht, ne fonctionne, marche pas, no funciona, " +
      "não funciona, não está funcionando, error 500, error 404, error 403, error 401, erreur 502, " +
      "erreur 500, status 500, returns 500, returns 404, returns null, http 500, 500 error, 404 error",
    TextFlag.trouble,
  ],
  [
    "anywhere",
    "fix",
    "figure out why, find the cause, root cause, track down, sort it out, sort this out, linter happy, " +
      "compiler happy",
  ],
  [
    "anywhere",
    "add",
    "build me, build us, build a, build an, build out, make a, make an, set up, we need a, we need an, " +
      "i need a, i need an, i want a, i want an, i'd like a, i'd like an, needs a, needs an, should " +
      "also, could we also, can we also, a page where, a button that, would be nice, wire up, hook up, " +
      "hook into, it into a, be able to, app should, users should, i want users, implement the plan, " +
      "execute the plan, follow the plan, there should be",
  ],
  [
    "anywhere",
    "refactor",
    "clean up, cleanup the, tidy up, dead code, split up, pull out, pull the, break up, without " +
      "changing behaviour, without changing behavior, behaviour must not, behavior must not, more " +
      "readable, get rid of, the duplication, don't alter, into its own, into their own, into separate, " +
      "into smaller, into one, into a helper, into a module, into a shared, no more any, only one place, " +
      "in one place, to esm, to async, to typescript, speed up, make it faster, more efficient, räum die",
  ],
  ["anywhere", "change", "make the, make this, make it"],
  [
    "anywhere",
    "test",
    "run tests, run the tests, run all tests, the tests pass, tests pass, does it pass, still green, " +
      "suite passes, cover the, tests schreiben, click through",
  ],
  [
    "anywhere",
    "explore",
    "look into, look up, look at, how does, how do, how is, how many, what is, what's, what are, what " +
      "does, where is, where are, where do, where does, show me, tell me, walk me through, find out, " +
      "difference between, is there, are there, is it possible, do we, do you know, can i, who calls, " +
      "code review, look over, go through, dig into, a tour, qu'est-ce que, was macht, wie funktioniert, " +
      "qué hace, o que é, security audit",
  ],
  [
    "anywhere",
    "plan",
    "break down, break this, before implementing, before coding, before writing, don't code, " +
      "implementation plan, migration plan, make a plan, think through, lay out, right order, scope out, " +
      "spec out, todo list, task list, einen plan, un plan, um plano, design doc, design document, " +
      "acceptance criteria, don't write code, test plan, rollout plan, update the plan, the roadmap, " +
      "into tickets, into tasks, the phases, we do first, i do first, don't start yet, next steps",
  ],
  [
    "anywhere",
    "brainstorm",
    "what if, pros and cons, trade-offs between, trade offs, should we, should i use, would it make, " +
      "what are our, our options, five options, three options, some options, a few options, how might " +
      "we, what could we, think about alternatives, different approach, what would you, better approach, " +
      "better way, clever way, smarter way, better name, good name, can't decide, torn between, was " +
      "meinst du, des idées, dame ideas, ways to, think of ways, do you think, your thoughts, your " +
      "opinion, worth it",
  ],
  [
    "anywhere",
    "git",
    "pull request, pull requests, pull the latest, pull latest, pull from, merge request, what " +
      "changed, who wrote, commit message, merge conflict, merge conflicts, release branch, last commit, " +
      "last commits, pr description, review comments, un commit, uncommitted changes, merged branches, " +
      "open an issue, create an issue, file an issue, um branch, new branch",
  ],
  [
    "anywhere",
    "ship",
    "github actions, ci matrix, docker image, dev server, build the, build it, build this, npm " +
      "publish, kubernetes manifests, cut a release, roll back, roll out, spin up, container up, to " +
      "production, to prod, to staging, terraform apply, running locally, start it again, newest " +
      "versions, latest versions, o build, en producción, auf produktion",
  ],
  [
    "anywhere",
    "flag",
    "in parallel agents, parallel agents, an agent, another agent, with agents, reviewer agent, test " +
      "agent, agents to, worker per, agentes en paralelo, fan out, fan this out, einem agenten",
    TextFlag.delegate,
  ],
  [
    "anywhere",
    "flag",
    "never mind, no worries, that's all, nice work, well done, good job, are you sure, good morning, " +
      "where were we, which model, how are you, exactly what",
    TextFlag.chat,
  ],
];

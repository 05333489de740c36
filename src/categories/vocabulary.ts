import { head, type IntentName, mention, TextFlag } from "./flags.ts";

/** How a word has to stand to count.
 *  - `anywhere`: wherever it is.
 *  - `verb`: where a clause begins: "test it", not "the test".
 *  - `object`: after a verb of making or doing, within a few words: "open an issue", not "this issue".
 *  - `topic`: as `object`; also anywhere in a text that asks for nothing else: "unit tests, please". */
export type Standing = "anywhere" | "verb" | "object" | "topic";

/** What a word or a phrase tells. */
export interface Entry {
  /** The intent, or undefined for words that only set `flags` or open a window. */
  intent?: IntentName;
  standing: Standing;
  flags: number;
  /** A verb whose object decides: "write tests" asks for tests, "write a PR description" for git. */
  light: boolean;
}

type Row = readonly [Standing, IntentName | "flag" | "light", string, number?];

/** Words (blank-separated). Later rows win where a word is listed twice with the same standing. */
const WORDS: readonly Row[] = [
  // English
  ["anywhere", "fix", "fix fixing debug debugging troubleshoot repair bugfix hotfix"],
  ["verb", "fix", "solve diagnose patch unbreak sort"],
  ["anywhere", "add", "implement implementing introduce scaffold"],
  ["verb", "add", "add adding create generate write support develop extend integrate enable allow expose prototype port provide new draft"],
  ["anywhere", "refactor", "refactor refactoring rename deduplicate dedupe reorganize reorganise restructure modularize modularise decouple simplify consolidate readable deduplication declutter untangle"],
  ["verb", "refactor", "extract split move migrate tidy clean inline merge-files convert unify decompose rewrite flatten normalise normalize"],
  ["verb", "test", "test retest verify benchmark"],
  ["topic", "test", "tests test unit-test unit-tests testcase testcases e2e coverage suite specs spec regression-tests"],
  ["anywhere", "explore", "explain investigate analyze analyse summarize summarise audit describe"],
  ["verb", "explore", "review understand find search look show list compare check read research tell where which who how what inspect trace count does is are inspect examine identify locate study grep print display whats"],
  ["verb", "plan", "plan outline scope spec estimate prioritize prioritise"],
  ["object", "plan", "plan roadmap milestones todo todos rfc backlog breakdown"],
  ["anywhere", "brainstorm", "brainstorm brainstorming ideas alternatives thoughts ideate"],
  ["verb", "brainstorm", "suggest recommend imagine"],
  ["anywhere", "git", "rebase cherry-pick squash gitignore unstage fast-forward"],
  ["verb", "git", "commit push pull merge revert stash branch checkout amend tag git unstash pr ship"],
  ["topic", "git", "pr prs mr worktree"],
  ["object", "git", "commit commits branch branches tag issue stash changes-in-git"],
  ["anywhere", "ship", "deploy redeploy deploying dockerize containerize provision rollback"],
  ["verb", "ship", "build compile install reinstall publish release upgrade restart start launch rebuild bundle package uninstall serve spin boot"],
  ["object", "ship", "release build dockerfile docker-compose ci pipeline deployment container dependencies deps server stack makefile"],
  ["verb", "change", "change set update use replace remove delete bump tweak adjust switch format drop apply turn increase decrease reduce put document translate execute edit modify disable resize fill delete hide swap reword"],
  ["verb", "light", "make do run have give open prepare cut get need want start execute apply update create write draft generate add set file increase improve delete close rename push"],
  ["anywhere", "flag", "crash crashes crashed crashing broken broke bug bugs buggy failing fails segfault segfaults hang hangs freezes flaky leak leaks stale regression deadlock corrupt corrupted misbehaves malfunction glitch glitches stuck infinite", TextFlag.trouble],
  ["anywhere", "flag", "error errors issue wrong exception exceptions fail failed failure unexpected warning warnings incorrect incorrectly", TextFlag.weakTrouble],
  ["anywhere", "flag", "traceback stacktrace panicked sigsegv enoent econnrefused eaddrinuse undefined-symbol segmentation", TextFlag.trace],
  ["anywhere", "flag", "why", TextFlag.why],
  ["anywhere", "flag", "thanks thx thank ty hello hi hey cheers lol haha great cool nice perfect awesome bye goodbye sorry merci gracias danke obrigado obrigada bonjour hola hallo olá salut grazie", TextFlag.chat],
  ["anywhere", "flag", "subagent subagents sub-agent sub-agents delegate teammate teammates subagenten subagente subagentes sous-agent sous-agents", TextFlag.delegate],
  // German
  ["anywhere", "fix", "behebe beheben repariere reparieren fixe korrigiere debugge behoben"],
  ["anywhere", "add", "füge hinzufügen ergänze ergänzen implementiere implementieren erstelle erstellen baue einbauen schreibe schreib"],
  ["anywhere", "refactor", "refaktoriere refaktorisieren refactore räum räume aufräumen umbenennen vereinfache vereinfachen"],
  ["topic", "test", "unit-tests testfälle testabdeckung"],
  ["verb", "test", "teste testen"],
  ["anywhere", "explore", "erkläre erklär erklären untersuche analysiere suche zeige zeig finde prüfe überprüfe vergleiche"],
  ["verb", "explore", "wie wo was wer welche"],
  ["anywhere", "plan", "plane umsetzungsplan"],
  ["object", "plan", "entwurf fahrplan"],
  ["anywhere", "brainstorm", "ideen überlege vorschläge"],
  ["anywhere", "git", "committe committen pushe mergen"],
  ["anywhere", "ship", "deployen deploye installiere installieren veröffentliche ausrollen baue-das"],
  ["anywhere", "change", "ändere ändern ersetze entferne aktualisiere lösche"],
  ["anywhere", "light", "erstelle schreibe schreib füge mach mache"],
  ["anywhere", "flag", "fehlermeldung fehler absturz kaputt fehlgeschlagen schlägt abstürzt stürzt", TextFlag.trouble],
  ["anywhere", "flag", "warum wieso weshalb pourquoi porquê", TextFlag.why],
  // French
  ["anywhere", "fix", "corrige corriger répare réparer débogue déboguer"],
  ["anywhere", "add", "ajoute ajouter ajoutez implémente implémenter crée créer écris écrire"],
  ["anywhere", "refactor", "refactorise refactoriser réorganise réorganiser renomme renommer simplifie simplifier nettoie"],
  ["topic", "test", "essais"],
  ["anywhere", "explore", "explique expliquer explique-moi analyse analyser cherche montre trouve vérifie compare"],
  ["verb", "explore", "comment où quel quelle que"],
  ["anywhere", "plan", "planifie planifier"],
  ["anywhere", "brainstorm", "idées propose suggère"],
  ["object", "git", "branche"],
  ["anywhere", "ship", "déploie déployer installe installer publie publier"],
  ["anywhere", "change", "modifie remplace supprime mets"],
  ["verb", "change", "change"],
  ["anywhere", "light", "fais faire fait ajoute crée écris rédige"],
  ["anywhere", "flag", "erreur erreurs plante panne cassé bogue échoue", TextFlag.trouble],
  // Spanish
  ["anywhere", "fix", "corrige corregir arregla arreglar depura soluciona"],
  ["anywhere", "add", "agrega agregar añade añadir implementa implementar crea crear escribe"],
  ["anywhere", "refactor", "refactoriza refactorizar renombra reorganiza simplifica"],
  ["topic", "test", "pruebas prueba"],
  ["anywhere", "explore", "explica explicar analiza busca muestra encuentra revisa investiga"],
  ["verb", "explore", "cómo dónde qué quién cuál"],
  ["anywhere", "plan", "planifica planificar"],
  ["anywhere", "brainstorm", "alternativas sugiere ideias"],
  ["object", "git", "rama"],
  ["anywhere", "ship", "despliega desplegar instala instalar publica publicar compila"],
  ["anywhere", "change", "cambia cambiar reemplaza elimina actualiza"],
  ["anywhere", "light", "haz hacer crea escribe agrega añade ejecuta"],
  ["anywhere", "flag", "fallo falla roto", TextFlag.trouble],
  // Portuguese
  ["anywhere", "fix", "corrija corrigir conserte consertar depure"],
  ["anywhere", "add", "adiciona adicione adicionar implemente crie criar escreva"],
  ["anywhere", "refactor", "refatore refatorar renomeie reorganize extraia simplifique"],
  ["topic", "test", "testes teste"],
  ["anywhere", "explore", "explique explicar analise procure mostre encontre verifique"],
  ["verb", "explore", "como onde qual quem"],
  ["anywhere", "plan", "planeje planejar"],
  ["anywhere", "ship", "implante implantar instale publique"],
  ["anywhere", "change", "altere alterar mude substitua remova atualize"],
  ["anywhere", "light", "faça crie escreva adicione execute"],
  ["anywhere", "flag", "quebrado falhando erro", TextFlag.trouble],
  ["anywhere", "flag", "fehlern", TextFlag.weakTrouble],
];

/** Phrases of two or three words, separated by commas. A phrase wins over the words in it. */
const PHRASES: readonly Row[] = [
  ["anywhere", "flag", "not working, doesn't work, does not work, didn't work, stopped working, stack trace, does nothing, do nothing, blows up, out of memory, memory leak, off-by-one is, core dumped, logged out, permission denied, build failed, no longer works, isn't working, won't start, can't connect, geht nicht, funktioniert nicht, ne fonctionne, marche pas, no funciona, não funciona, não está funcionando, error 500, error 404, error 403, error 401, erreur 502, erreur 500, status 500, returns 500, returns 404, returns null, http 500, 500 error, 404 error", TextFlag.trouble],
  ["anywhere", "fix", "get rid of warning, figure out why, find the cause, root cause"],
  ["anywhere", "add", "build me, build us, build a, build an, build out, make a, make the, make an, set up, be able to, app should, users should, i want users, implement the plan, execute the plan, follow the plan"],
  ["anywhere", "refactor", "clean up, cleanup the, tidy up, dead code, split up, pull out, break up, without changing behaviour, without changing behavior, behaviour must not, behavior must not, more readable, get rid of, the duplication, don't alter, räum die"],
  ["anywhere", "test", "run tests, run the tests, run all tests, the tests pass, tests pass, does it pass, still green, tests schreiben, click through"],
  ["anywhere", "explore", "look into, look up, look at, how does, how do, how is, how many, what is, what's, what are, what does, where is, where are, where do, where does, show me, tell me, walk me through, find out, difference between, is there, are there, who calls, code review, look over, qu'est-ce que, was macht, wie funktioniert, qué hace, o que é, security audit"],
  ["anywhere", "plan", "break down, break this, before implementing, before coding, before writing, don't code, implementation plan, migration plan, make a plan, think through, right order, scope out, spec out, todo list, task list, step by step plan, einen plan, un plan, um plano, design doc, design document, acceptance criteria, don't write code, test plan, rollout plan, update the plan, the roadmap"],
  ["anywhere", "brainstorm", "what if, pros and cons, trade-offs between, trade offs, should we, should i use, would it make, what are our, our options, how might we, what could we, think about alternatives, different approach, what would you, better approach, was meinst du, des idées, dame ideas, ways to, think of ways"],
  ["anywhere", "git", "pull request, pull requests, merge request, what changed, who wrote, commit message, merge conflict, merge conflicts, release branch, last commit, last commits, pr description, review comments, un commit, uncommitted changes, merged branches, open an issue, create an issue, file an issue, um branch"],
  ["anywhere", "ship", "github actions, docker image, dev server, build the, build it, build this, npm publish, kubernetes manifests, cut a release, roll back, roll out, spin up, container up, to production, to prod, to staging, terraform apply, o build, en producción, auf produktion"],
  ["anywhere", "flag", "in parallel agents, parallel agents, an agent, another agent, reviewer agent, test agent, agents to, worker per, agentes en paralelo, fan out, fan this out, einem agenten", TextFlag.delegate],
  ["anywhere", "flag", "don't change, do not change, don't edit, do not edit, no changes, without editing, don't modify, do not modify, read only, don't touch", TextFlag.noEdit],
  ["anywhere", "flag", "never mind, no worries, that's all, nice work, well done, good job, are you sure, good morning", TextFlag.chat],
];

/** Chinese and Japanese, by sequences of two to six characters: there are no blanks to go by. */
const SEQUENCES: readonly Row[] = [
  ["anywhere", "fix", "修复,修正,修理,修好,调试,直して,直す,バグ修正,デバッグ"],
  ["anywhere", "add", "添加,增加,新增,实现,创建,開発,追加,実装し,作成,実装して"],
  ["anywhere", "refactor", "重构,重命名,拆分,简化,整理,リファクタ,リネーム,分割"],
  ["anywhere", "test", "测试,単体テスト,テスト"],
  ["anywhere", "explore", "解释,说明,查找,分析,看看,怎样,如何,哪里,什么是,説明,調べ,教えて,どこ,どうやって,確認"],
  ["anywhere", "plan", "计划,规划,計画,実装計画"],
  ["anywhere", "brainstorm", "想法,主意,建议,方案,アイデア,アイディア,案を"],
  ["anywhere", "git", "提交,推送,合并,コミット,プッシュ,マージ,ブランチ,分支"],
  ["anywhere", "ship", "部署,发布,构建,安装,デプロイ,リリース,ビルド,インストール"],
  ["anywhere", "change", "改成,修改,替换,更新,删除,変更,置き換え,削除"],
  ["anywhere", "flag", "报错,错误,崩溃,失败,不工作,坏了,不具合,エラー,バグ,動かない,落ちる,できない", TextFlag.trouble],
  ["anywhere", "flag", "为什么,なぜ,どうして", TextFlag.why],
  ["anywhere", "flag", "谢谢,你好,ありがとう,こんにちは", TextFlag.chat],
  ["anywhere", "flag", "子代理,サブエージェント", TextFlag.delegate],
  ["anywhere", "flag", "不要写代码,不要修改", TextFlag.noEdit],
];

/** Words after a weak word that take its sting away: "error handling", "issue list", "issue #12". */
export const HARMLESS_AFTER = new Set(
  "handling handler handlers message messages type types code codes page pages boundary list tracker template templates class classes response responses rate budget number heading comments label title".split(" "),
);

/** Words before a verb with which it asks for nothing: "don't add", "I'll add that myself". */
export const NEGATIONS = new Set("don't dont not never without i'll i've i'd won't didn't no nicht pas no não stop avoid already you've".split(" "));

/** Words after which a clause begins. */
export const CLAUSE_OPENERS = new Set(
  ("please then and now to can could would you let's lets just also first next we i should okay ok yes go so must will bitte s'il te plait por favor " +
    "und then, e y et but or quick help me let us pls plz hey again maybe do don't kannst du peux-tu puedes pode você i'd like want need try and/or after before when").split(" "),
);

/** Words that end the reach of a light verb: what follows is no longer its object. */
export const WINDOW_ENDS = new Set("for of to in on with from that which so and when if from into because für von mit para de pour em por".split(" "));

export interface Vocabulary {
  words: ReadonlyMap<string, readonly Entry[]>;
  phrases: ReadonlyMap<string, Entry>;
  /** Last words of all phrases: only at these is a phrase looked for. */
  phraseEnds: ReadonlySet<string>;
  sequences: ReadonlyMap<string, Entry>;
  /** First characters of all sequences. */
  sequenceStarts: ReadonlySet<string>;
}

let built: Vocabulary | undefined;

/** The tables, built at the first use: a hook that meets no prompt never pays for them. */
export function vocabulary(): Vocabulary {
  built ??= build();
  return built;
}

function entryOf([standing, intent, , flags = 0]: Row): Entry {
  if (intent === "flag") return { standing, flags, light: false };
  if (intent === "light") return { standing, flags: 0, light: true };
  return { intent, standing, flags: mention(intent), light: false };
}

function build(): Vocabulary {
  const words = new Map<string, Entry[]>();
  for (const row of WORDS) {
    for (const word of row[2].split(" ")) {
      const entries = words.get(word);
      if (entries === undefined) words.set(word, [entryOf(row)]);
      else entries.push(entryOf(row));
    }
  }
  const phrases = new Map<string, Entry>();
  for (const row of PHRASES) for (const phrase of row[2].split(", ")) phrases.set(phrase, entryOf(row));
  const sequences = new Map<string, Entry>();
  for (const row of SEQUENCES) for (const sequence of row[2].split(",")) sequences.set(sequence, entryOf(row));
  return {
    words,
    phrases,
    phraseEnds: new Set([...phrases.keys()].map((phrase) => phrase.slice(phrase.lastIndexOf(" ") + 1))),
    sequences,
    sequenceStarts: new Set([...sequences.keys()].map((sequence) => sequence.charAt(0))),
  };
}

export { head };

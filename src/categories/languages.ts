import { TextFlag } from "./flags.ts";
import type { Row } from "./words.ts";

/** The main verbs and symptoms of German, French, Spanish and Portuguese. */
export const OTHER_WORDS: readonly Row[] = [
  // German
  ["anywhere", "fix", "behebe beheben repariere reparieren fixe korrigiere debugge behoben"],
  [
    "anywhere",
    "add",
    `
    füge hinzufügen ergänze ergänzen implementiere implementieren erstelle erstellen baue einbauen schreibe schreib`,
  ],
  [
    "anywhere",
    "refactor",
    `
    refaktoriere refaktorisieren refactore räum räume aufräumen umbenennen vereinfache vereinfachen`,
  ],
  ["topic", "test", "unit-tests testfälle testabdeckung"],
  ["verb", "test", "teste testen"],
  [
    "anywhere",
    "explore",
    `
    erkläre erklär erklären untersuche analysiere suche zeige zeig finde prüfe überprüfe vergleiche`,
  ],
  ["question", "explore", "wie wo was wer welche"],
  ["anywhere", "plan", "plane umsetzungsplan"],
  ["object", "plan", "entwurf fahrplan"],
  ["anywhere", "brainstorm", "ideen überlege vorschläge"],
  ["anywhere", "git", "committe committen pushe mergen"],
  ["anywhere", "ship", "deployen deploye installiere installieren veröffentliche ausrollen baue-das"],
  ["anywhere", "change", "ändere ändern ersetze entferne aktualisiere lösche"],
  ["anywhere", "light", "erstelle schreibe schreib füge mach mache"],
  [
    "anywhere",
    "flag",
    `
    fehlermeldung fehler absturz kaputt fehlgeschlagen schlägt abstürzt stürzt`,
    TextFlag.trouble,
  ],
  ["anywhere", "flag", "warum wieso weshalb pourquoi porquê", TextFlag.why],
  // French
  ["anywhere", "fix", "corrige corriger répare réparer débogue déboguer"],
  ["anywhere", "add", "ajoute ajouter ajoutez implémente implémenter crée créer écris écrire"],
  [
    "anywhere",
    "refactor",
    `
    refactorise refactoriser réorganise réorganiser renomme renommer simplifie simplifier nettoie`,
  ],
  ["topic", "test", "essais"],
  ["anywhere", "explore", "explique expliquer explique-moi analyse analyser cherche montre trouve vérifie compare"],
  ["question", "explore", "comment où quel quelle que"],
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
  ["question", "explore", "cómo dónde qué quién cuál"],
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
  ["question", "explore", "como onde qual quem"],
  ["anywhere", "plan", "planeje planejar"],
  ["anywhere", "ship", "implante implantar instale publique"],
  ["anywhere", "change", "altere alterar mude substitua remova atualize"],
  ["anywhere", "light", "faça crie escreva adicione execute"],
  ["anywhere", "flag", "quebrado falhando erro", TextFlag.trouble],
  ["anywhere", "flag", "fehlern", TextFlag.weakTrouble],
];

/** Chinese and Japanese, by sequences of two to six characters: there are no blanks to go by. */
export const SEQUENCES: readonly Row[] = [
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

import type { Random } from "./random.ts";

/** The kinds of source file the simulated project holds. */
export type Language = "ts" | "py" | "css";

const VERBS =
  "load save merge split count rank parse print check build fetch apply trim group index close open move score round".split(
    " ",
  );
const NOUNS =
  "order basket invoice refund customer address parcel coupon tariff stock shelf supplier receipt ledger margin voucher delivery return batch quote season region account payment session label bundle review carrier depot".split(
    " ",
  );
const FIELDS =
  "total weight country status currency createdAt quantity discount reference priority channel owner note height".split(
    " ",
  );
const WORDS =
  "late early missing rounded partial foreign empty double stale pending open hidden fragile taxed bulky".split(" ");

const upper = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Makes plausible code; names vary so much that most lines other than the trivial ones are unique. */
export class CodeWriter {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  name(): string {
    const draw = this.#random;
    return `${draw.pick(VERBS)}${upper(draw.pick(WORDS))}${upper(draw.pick(NOUNS))}${draw.chance(0.3) ? draw.int(2, 99) : ""}`;
  }

  noun(): string {
    return this.#random.pick(NOUNS);
  }

  /** A title such as "Round foreign refunds". */
  title(): string {
    const draw = this.#random;
    return `${upper(draw.pick(VERBS))} ${draw.pick(WORDS)} ${draw.pick(NOUNS)}s`;
  }

  /** One function with its comment, braces and a blank line at the end. */
  block(language: Language): string[] {
    if (language === "py") return this.#python();
    return language === "css" ? this.#css() : this.#typescript();
  }

  /** A statement for the inside of a function, at the given indentation. */
  statement(language: Language, indent: string): string {
    const draw = this.#random;
    const local = this.#local();
    if (language === "css")
      return `${indent}--${draw.pick(WORDS)}-${this.noun()}-${draw.int(2, 999)}: ${draw.int(1, 64)}px;`;
    if (language === "py") return `${indent}${local} = ${this.#snake()}(${draw.pick(FIELDS)}, ${draw.int(2, 400)})`;
    const field = draw.pick(FIELDS);
    return draw.pick([
      `${indent}const ${local} = ${this.noun()}.${field} ?? ${draw.int(1, 900)};`,
      `${indent}const ${local} = ${this.name()}(${this.noun()}, "${draw.pick(WORDS)} ${field}");`,
      `${indent}log.debug("${draw.pick(WORDS)} ${this.noun()} ${local}", { ${field}: ${draw.int(1, 99)} });`,
      `${indent}${local}.push(...${this.noun()}s.filter((one) => one.${field} > ${draw.int(1, 500)}));`,
      `${indent}const ${local} = Math.max(${draw.int(1, 80)}, ${this.noun()}.${field} * ${draw.int(2, 40)});`,
    ]);
  }

  /** A whole new file. */
  file(language: Language, atLeast: number): string[] {
    const lines = this.#head(language);
    while (lines.length < atLeast) lines.push(...this.block(language));
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  #local(): string {
    const draw = this.#random;
    return `${draw.pick(WORDS)}${upper(draw.pick(NOUNS))}${draw.chance(0.5) ? upper(draw.pick(FIELDS)) : ""}`;
  }

  #snake(): string {
    const draw = this.#random;
    return `${draw.pick(VERBS)}_${draw.pick(WORDS)}_${draw.pick(NOUNS)}`;
  }

  #head(language: Language): string[] {
    const draw = this.#random;
    const lines: string[] = [];
    if (language === "css") return [`/* ${this.title()} */`, ""];
    for (let n = draw.int(1, 4); n > 0; n--) {
      lines.push(
        language === "py"
          ? `from shop.${this.noun()} import ${this.#snake()}`
          : `import { ${this.name()} } from "./${this.noun()}.js";`,
      );
    }
    lines.push("");
    if (language === "ts" && draw.chance(0.6)) {
      lines.push(`export interface ${upper(this.#local())} {`);
      for (const field of draw.some(FIELDS, draw.int(2, 5)))
        lines.push(`  ${field}: ${draw.pick(["string", "number"])};`);
      lines.push("}", "");
    }
    return lines;
  }

  #typescript(): string[] {
    const draw = this.#random;
    const subject = this.noun();
    const lines: string[] = [];
    if (draw.chance(0.5)) lines.push(`/** ${this.title()} of the ${this.noun()}. */`);
    lines.push(`export function ${this.name()}(${subject}: ${upper(subject)}): number | null {`);
    for (let n = draw.int(1, 3); n > 0; n--) lines.push(this.statement("ts", "  "));
    if (draw.chance(0.7)) {
      lines.push(`  if (${this.#local()} === ${draw.int(0, 50)}) {`);
      lines.push(draw.chance(0.6) ? "    return null;" : this.statement("ts", "    "), "  }");
    }
    if (draw.chance(0.4)) {
      lines.push(`  for (const ${this.#local()} of ${subject}.${draw.pick(FIELDS)}s) {`, this.statement("ts", "    "));
      if (draw.chance(0.4)) lines.push("    continue;");
      lines.push("  }");
    }
    if (draw.chance(0.3)) {
      lines.push(`  ${this.noun()}s.forEach((${this.#local()}) => {`, this.statement("ts", "    "), "  });");
    }
    lines.push(draw.chance(0.4) ? "  return null;" : `  return ${this.#local()} + ${draw.int(1, 300)};`, "}", "");
    return lines;
  }

  #python(): string[] {
    const draw = this.#random;
    const lines = [`def ${this.#snake()}(${this.noun()}, ${draw.pick(FIELDS)}=${draw.int(1, 99)}):`];
    if (draw.chance(0.5)) lines.push(`    """${this.title()}."""`);
    for (let n = draw.int(1, 4); n > 0; n--) lines.push(this.statement("py", "    "));
    if (draw.chance(0.5)) lines.push(`    if not ${this.#snake()}:`, "        return None");
    lines.push(draw.chance(0.4) ? "    return None" : `    return ${this.#snake()}`, "", "");
    return lines;
  }

  #css(): string[] {
    const draw = this.#random;
    const lines = [`.${draw.pick(WORDS)}-${this.noun()}-${draw.int(1, 99)} {`];
    for (let n = draw.int(1, 3); n > 0; n--) lines.push(this.statement("css", "  "));
    if (draw.chance(0.6)) lines.push("  display: flex;");
    if (draw.chance(0.4)) lines.push("  margin: 0;");
    lines.push("}", "");
    return lines;
  }
}

/** A line of code as an agent writes it that ignores the project's formatter: wider indentation, other quotes, no ends. */
export function unformatted(line: string): string {
  const body = line.trimStart();
  const indent = " ".repeat((line.length - body.length) * 2);
  return indent + body.replaceAll('"', "'").replace(/[;,]$/, "");
}

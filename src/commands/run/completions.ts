import { UserError } from "../../platform/errors.ts";
import { writeOut } from "../../render/write.ts";
import type { Context } from "../context.ts";

/** Each script asks the program itself (`cc-ledger __complete WORDS...`), so completions never lag behind the commands. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_cc_ledger() {
  local IFS=$'\\n'
  COMPREPLY=($(cc-ledger __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _cc_ledger cc-ledger
`,
  zsh: `#compdef cc-ledger
_cc_ledger() {
  local -a found
  found=("\${(@f)$(cc-ledger __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- $found
}
compdef _cc_ledger cc-ledger
`,
  fish: `function __cc_ledger_complete
  set -l words (commandline -opc) (commandline -ct)
  cc-ledger __complete $words[2..-1] 2>/dev/null
end
complete -c cc-ledger -f -a '(__cc_ledger_complete)'
`,
};

export async function run(this: Context, _flags: Record<never, never>, shell: string): Promise<void> {
  const script = SCRIPTS[shell];
  if (script === undefined)
    throw new UserError(`no completions for ${JSON.stringify(shell)}`, `Shells: ${Object.keys(SCRIPTS).join(", ")}`);
  await writeOut(script);
}

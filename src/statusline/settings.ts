import type { Setting } from "../ledger/config.ts";
import { UserError } from "../platform/errors.ts";
import { NAMES, unknownNames } from "./template.ts";

/** Settings of the statusline. */
export const STATUSLINE_SETTINGS: readonly Setting[] = [
  {
    key: "statusline.template",
    brief: 'what the statusline shows, such as "{session} | today {today}" (docs/statusline.md)',
    check: (value) => {
      const [unknown] = unknownNames(value);
      if (unknown !== undefined)
        throw new UserError(
          `the statusline knows no {${unknown}}`,
          `Names: ${Object.keys(NAMES)
            .map((name) => `{${name}}`)
            .join(" ")}`,
        );
      return value;
    },
  },
];

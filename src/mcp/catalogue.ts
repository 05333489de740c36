import type { Shape } from "./schema.ts";
import type { Answer, Call, Tool } from "./tool.ts";
import { agentUsage } from "./tools/agentUsage.ts";
import { budgetSet } from "./tools/budgetSet.ts";
import { budgetStatus } from "./tools/budgetStatus.ts";
import { costOptimize } from "./tools/costOptimize.ts";
import { crossToolCost } from "./tools/crossToolCost.ts";
import { forecast } from "./tools/forecast.ts";
import { modelStats } from "./tools/modelStats.ts";
import { prCost } from "./tools/prCost.ts";
import { projectUsage } from "./tools/projectUsage.ts";
import { query } from "./tools/query.ts";
import { runawayStatus } from "./tools/runawayStatus.ts";
import { sessionDetail } from "./tools/sessionDetail.ts";
import { skillUsage } from "./tools/skillUsage.ts";
import { usageSummary } from "./tools/usageSummary.ts";

/** A tool whose arguments and answer are no longer looked at by the compiler: {@link argumentsOf} has checked the former. */
export interface AnyTool extends Omit<Tool<unknown, unknown>, "input" | "run"> {
  input: Shape<unknown>;
  run(args: unknown, call: Call): Answer<unknown> | Promise<Answer<unknown>>;
}

function erased<A, O>(tool: Tool<A, O>): AnyTool {
  return { ...tool, run: (args, call) => tool.run(args as A, call) };
}

/** Every tool, in the order in which a client lists them. */
export const TOOLS: readonly AnyTool[] = [
  erased(usageSummary),
  erased(projectUsage),
  erased(agentUsage),
  erased(modelStats),
  erased(costOptimize),
  erased(skillUsage),
  erased(budgetSet),
  erased(budgetStatus),
  erased(crossToolCost),
  erased(prCost),
  erased(sessionDetail),
  erased(runawayStatus),
  erased(forecast),
  erased(query),
];

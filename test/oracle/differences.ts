/** Where the ledger and ccusage 20.0.24 count differently, each with a history that shows it. Figures are
 *  `day model input output cacheRead cacheWrite`, worked out by hand from the rows. The lines of docs/accounting.md bear the same names. */

interface Difference {
  name: string;
  /** Rows by file name. */
  files: Record<string, object[]>;
  ccusage: string[];
  ledger: string[];
}

type Fields = Record<string, unknown>;

/** A reply with usage 10 / 20 / 30 and cache writes 15 + 25, overridden by `row`, `message` and `usage`. */
function reply(row: Fields = {}, message: Fields = {}, usage: Fields = {}): object {
  const counts = {
    input_tokens: 10,
    output_tokens: 20,
    cache_read_input_tokens: 30,
    cache_creation_input_tokens: 40,
    cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 25 },
  };
  return {
    type: "assistant",
    uuid: "u1",
    timestamp: "2026-11-20T10:00:00.000Z",
    sessionId: "s1",
    version: "2.1.330",
    cwd: "/w",
    requestId: "r1",
    isSidechain: false,
    ...row,
    message: {
      id: "m1",
      role: "assistant",
      model: "claude-opus-5-5",
      content: [],
      stop_reason: "end_turn",
      ...message,
      usage: { ...counts, ...usage },
    },
  };
}

const nested = (usage: Fields): object => {
  const { message, timestamp, requestId } = reply({}, {}, usage) as {
    message: object;
    timestamp: string;
    requestId: string;
  };
  return {
    type: "progress",
    sessionId: "s1",
    timestamp,
    version: "2.1.39",
    data: { type: "agent_progress", agentId: "a1", message: { type: "assistant", timestamp, requestId, message } },
  };
};

const ONCE = ["2026-11-20 claude-opus-5-5 10 20 30 40"];
const TWICE = ["2026-11-20 claude-opus-5-5 20 40 60 80"];

export const DIFFERENCES: readonly Difference[] = [
  {
    name: "one message, two request ids",
    files: { a: [reply(), reply({ requestId: "r2" })] },
    ccusage: TWICE,
    ledger: ONCE,
  },
  {
    name: "copied history under another request id",
    files: { a: [reply()], b: [reply({ sessionId: "s2", requestId: "r9" })] },
    ccusage: TWICE,
    ledger: ONCE,
  },
  {
    name: "no request id, two sessions",
    files: { a: [reply({ requestId: undefined })], b: [reply({ requestId: undefined, sessionId: "s2" })] },
    ccusage: TWICE,
    ledger: ONCE,
  },
  {
    name: "no message id, same request id",
    files: { a: [reply({}, { id: undefined }), reply({}, { id: undefined })] },
    ccusage: TWICE,
    ledger: ONCE,
  },
  {
    name: "larger cache read on the line with less output",
    files: {
      a: [
        reply({}, {}, { output_tokens: 50, cache_read_input_tokens: 10 }),
        reply({ timestamp: "2026-11-20T10:00:01.000Z" }, {}, { output_tokens: 10, cache_read_input_tokens: 500 }),
      ],
    },
    ccusage: ["2026-11-20 claude-opus-5-5 10 10 500 40"],
    ledger: ["2026-11-20 claude-opus-5-5 10 50 10 40"],
  },
  {
    name: "lines on both sides of midnight",
    files: {
      a: [
        reply({ timestamp: "2026-11-20T23:59:59.000Z" }, {}, { output_tokens: 1 }),
        reply({ timestamp: "2026-11-21T00:00:01.000Z" }, {}, { output_tokens: 50 }),
      ],
    },
    ccusage: ["2026-11-21 claude-opus-5-5 10 50 30 40"],
    ledger: ["2026-11-20 claude-opus-5-5 10 50 30 40"],
  },
  {
    name: "nested progress copy against the sub-agent's own line",
    files: { a: [nested({ output_tokens: 5 }), reply({ isSidechain: true, agentId: "a1" })] },
    ccusage: ["2026-11-20 claude-opus-5-5 10 5 30 40"],
    ledger: ONCE,
  },
  {
    name: "flat cache writes above their classes",
    files: { a: [reply({}, {}, { cache_creation_input_tokens: 100 })] },
    ccusage: ONCE,
    ledger: ["2026-11-20 claude-opus-5-5 10 20 30 100"],
  },
  {
    name: "several message iterations",
    files: {
      a: [
        reply(
          {},
          {},
          {
            cache_creation_input_tokens: 100,
            cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 0 },
            iterations: [
              {
                type: "message",
                input_tokens: 5,
                output_tokens: 10,
                cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 0 },
              },
              {
                type: "message",
                input_tokens: 5,
                output_tokens: 10,
                cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 50 },
              },
            ],
          },
        ),
      ],
    },
    ccusage: ["2026-11-20 claude-opus-5-5 10 20 30 10"],
    ledger: ["2026-11-20 claude-opus-5-5 10 20 30 100"],
  },
  {
    name: "advisor without a model of its own entry",
    files: {
      a: [
        reply(
          { advisorModel: "claude-fable-5-2" },
          {},
          { iterations: [{ type: "advisor_message", input_tokens: 100, output_tokens: 200 }] },
        ),
      ],
    },
    ccusage: ONCE,
    ledger: ["2026-11-20 claude-fable-5-2 100 200 0 0", ...ONCE],
  },
  {
    name: "null in a tool's input",
    files: { a: [reply({}, { content: [{ type: "tool_use", id: "t", name: "Bash", input: { cwd: null } }] })] },
    ccusage: [],
    ledger: ONCE,
  },
  {
    name: "null count",
    files: { a: [reply({}, {}, { cache_read_input_tokens: null })] },
    ccusage: [],
    ledger: ["2026-11-20 claude-opus-5-5 10 20 0 40"],
  },
  { name: "version that is no version", files: { a: [reply({ version: "abc" })] }, ccusage: [], ledger: ONCE },
  {
    name: "speed that is neither standard nor fast",
    files: { a: [reply({}, {}, { speed: "turbo" })] },
    ccusage: [],
    ledger: ONCE,
  },
  {
    name: "no model",
    files: { a: [reply({}, { model: undefined })] },
    ccusage: [],
    ledger: ["2026-11-20 unknown 10 20 30 40"],
  },
  {
    name: "count above ten thousand million",
    files: { a: [reply({}, {}, { input_tokens: 1e12 })] },
    ccusage: ["2026-11-20 claude-opus-5-5 1000000000000 20 30 40"],
    ledger: [],
  },
];

/** Histories on which both must agree although they look troublesome. */
export const AGREEMENTS: readonly Omit<Difference, "ccusage">[] = [
  { name: "negative count", files: { a: [reply({}, {}, { input_tokens: -5 })] }, ledger: [] },
  { name: "count of 1e300", files: { a: [reply({}, {}, { input_tokens: 1e300 })] }, ledger: [] },
  { name: "count as text", files: { a: [reply({}, {}, { input_tokens: "7" })] }, ledger: [] },
  { name: "fractional count", files: { a: [reply({}, {}, { input_tokens: 1.5 })] }, ledger: [] },
  {
    name: "side question with more output",
    files: { a: [reply(), reply({ requestId: "r2", isSidechain: true }, {}, { output_tokens: 500 })] },
    ledger: ONCE,
  },
  { name: "fork", files: { a: [reply()], b: [reply({ sessionId: "s2" })] }, ledger: ONCE },
  {
    name: "time with an offset",
    files: { a: [reply({ timestamp: "2026-11-20T23:30:00-02:00" })] },
    ledger: ["2026-11-21 claude-opus-5-5 10 20 30 40"],
  },
  { name: "no time", files: { a: [reply({ timestamp: undefined })] }, ledger: [] },
  {
    name: "usage in a tool result",
    files: {
      a: [
        {
          type: "user",
          sessionId: "s1",
          uuid: "q",
          timestamp: "2026-11-20T10:00:00.000Z",
          version: "2.1.330",
          message: { role: "user", content: [] },
          toolUseResult: { usage: { input_tokens: 5, output_tokens: 6 } },
        },
      ],
    },
    ledger: [],
  },
];

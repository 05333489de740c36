// The arrows of the house: a room imports only from rooms to its left, and from platform/. See docs/architecture.md.
const rooms = ["platform", "pricing", "categories", "agents", "ledger", "reports", "render", "demo", "commands"];
const allowed = {
  platform: [],
  pricing: [],
  categories: [],
  agents: ["categories"],
  ledger: ["agents", "pricing", "categories"],
  reports: ["ledger", "categories"],
  render: ["reports"],
  demo: [],
  commands: ["agents", "ledger", "pricing", "reports", "render", "demo", "categories"],
};

const arrows = rooms.map((room) => {
  const open = [room, "platform", ...allowed[room]].join("|");
  return {
    name: `${room}-looks-left`,
    severity: "error",
    from: { path: `^src/${room}/` },
    to: { path: "^src/", pathNot: `^src/(${open})/` },
  };
});

module.exports = {
  forbidden: [
    ...arrows,
    { name: "no-circles", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    {
      name: "one-agent-one-room",
      comment: "the ledger knows no single agent",
      severity: "error",
      from: { path: "^src/(ledger|reports|render)/" },
      to: { path: "^src/agents/[^/]+/" },
    },
    {
      name: "commands-hold-no-sql",
      severity: "error",
      from: { path: "^src/(render|demo)/" },
      to: { path: "^bun:sqlite$" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^src/version\\.ts$" },
  },
};

import type { Desk } from "./desk.ts";
import { SECOND } from "./draw.ts";
import type { Act } from "./thread.ts";

/** Work that looks at things: questions, explorations, the web, tickets, a browser. */

export function question(desk: Desk): void {
  const { draw, acts, thread } = desk;
  for (let left = draw.int(0, 4); left > 0; left--) {
    const looks = [acts.read(), acts.search(), acts.glance()];
    thread.turn(draw.some(looks, draw.int(1, 2)));
  }
}

/** Reads, reads again, searches, pages through long files. */
export function explore(desk: Desk, median = 12): void {
  const { draw, acts, thread } = desk;
  const seen = new Set<string>();
  const look = (): Act => {
    if (draw.chance(0.35)) return acts.search();
    if (draw.chance(0.12)) return acts.glance();
    const file = seen.size > 4 && draw.chance(0.15) ? draw.pick([...seen]) : acts.file();
    seen.add(file);
    return acts.read(file);
  };
  for (let left = desk.steps(median, 70); left > 0 && !desk.over; left--) {
    if (draw.chance(0.06)) {
      const long = acts.file();
      const pages = draw.chance(0.004) ? draw.int(17, 30) : draw.count(3.5, 0.6, 2, 16);
      for (let page = 0; page < pages; page++) thread.turn([acts.read(long, page * 200)]);
    } else if (draw.chance(0.04)) siblings(desk);
    else
      thread.turn(
        Array.from({ length: draw.weighted({ 1: 6, 2: 2, 3: 1, 5: 0.4 }) === "1" ? 1 : draw.int(2, 5) }, look),
      );
  }
}

/** One of several tool uses fails, and the client fails the others with the same words. */
function siblings(desk: Desk): void {
  const { acts, thread, draw } = desk;
  const rest = Array.from({ length: draw.int(2, 6) }, () =>
    acts.fail(
      "Read",
      { file_path: acts.path(acts.file()) },
      "<tool_use_error>Sibling tool call errored</tool_use_error>",
    ),
  );
  thread.turn([
    draw.chance(0.3)
      ? acts.fail("Read", { file_path: acts.path("src") }, "EISDIR: illegal operation on a directory, read")
      : acts.fail(
          "Read",
          { file_path: acts.path(`${acts.file()}x`) },
          "<tool_use_error>File does not exist.</tool_use_error>",
        ),
    ...rest,
  ]);
  for (const { input } of rest) thread.turn([acts.act("Read", input, { tokens: draw.count(1_200, 0.8, 80, 9_000) })]);
}

export function research(desk: Desk): void {
  const { draw, acts, thread } = desk;
  for (let left = desk.steps(7, 28); left > 0 && !desk.over; left--) {
    const topic = `${draw.pick(TOPICS)} ${draw.pick(TOPICS)} ${draw.pick(["2026", "example", "best practice", "limits"])}`;
    if (draw.chance(0.45)) thread.turn([acts.act("WebSearch", { query: topic }, web(desk))]);
    else {
      const url = `https://docs.example.com/${draw.pick(TOPICS)}/${draw.pick(TOPICS)}${draw.chance(0.3) ? `?page=${draw.int(1, 9)}` : ""}`;
      const input = { url, prompt: `What does it say about ${topic}?` };
      if (draw.chance(0.12)) thread.turn([acts.fail("WebFetch", input, "Request failed with status code 403")]);
      else thread.turn([acts.act("WebFetch", input, web(desk))]);
    }
  }
}

function web(desk: Desk): Partial<Act> {
  return {
    tookMs: desk.draw.count(5 * SECOND, 0.6, SECOND, 40 * SECOND),
    tokens: desk.draw.count(900, 0.7, 100, 6_000),
  };
}

/** Tickets are read one by one and moved on. */
export function tickets(desk: Desk): void {
  const { draw, acts, thread } = desk;
  const first = draw.int(100, 900);
  thread.turn([
    acts.act("mcp__linear__list_issues", { team: "ENG", limit: 50 }, { tokens: draw.count(3_000, 0.5, 300, 12_000) }),
  ]);
  const count = desk.steps(9, 40);
  for (let n = 0; n < count && !desk.over; n++) {
    const id = `ENG-${first + n}`;
    if (draw.chance(0.6)) thread.turn([acts.act("mcp__linear__get_issue", { id })]);
    if (draw.chance(0.5))
      thread.turn([acts.act("mcp__linear__update_issue", { id, state: draw.pick(["Triage", "Todo", "Done"]) })]);
  }
}

/** A page is clicked through; the same snapshot and screenshot tools are called with the same empty input. */
export function browse(desk: Desk): void {
  const { draw, acts, thread } = desk;
  const mcp = (tool: string, input: Record<string, unknown>, tokens: number): Act =>
    acts.act(`mcp__playwright__browser_${tool}`, input, { tookMs: draw.count(700, 0.8, 60, 30_000), tokens });
  thread.turn([mcp("navigate", { url: `http://localhost:${draw.pick([3000, 5173, 8080])}/` }, 1_800)]);
  for (let left = desk.steps(12, 45); left > 0 && !desk.over; left--) {
    const ref = `e${draw.int(2, 300)}`;
    const step = draw.weighted({
      click: 5,
      type: 2,
      wait_for: 1,
      take_screenshot: 2,
      console_messages: 1,
      resize: 0.5,
    });
    const inputs: Record<string, Record<string, unknown>> = {
      click: { element: draw.pick(TOPICS), ref },
      type: { element: "input", ref, text: draw.pick(TOPICS) },
      wait_for: { time: draw.int(1, 5) },
      resize: { width: draw.pick([390, 768, 1280]), height: 900 },
    };
    if (draw.chance(0.05)) {
      thread.turn([
        acts.fail(
          `mcp__playwright__browser_${step}`,
          inputs[step] ?? {},
          "Error: Ref not found in the current page snapshot.",
        ),
      ]);
    } else thread.turn([mcp(step, inputs[step] ?? {}, draw.count(500, 0.8, 40, 4_000))]);
    if (draw.chance(0.7)) thread.turn([mcp("snapshot", {}, draw.count(2_200, 0.6, 200, 12_000))]);
    if (draw.chance(0.1)) thread.turn([acts.edit()]);
  }
}

/** Pages of an interface are fetched one after another. */
export function paging(desk: Desk): void {
  const { draw, acts, thread } = desk;
  const repo = `acme/${draw.pick(TOPICS)}`;
  const what = draw.pick(["issues", "pulls", "commits", "actions/runs"]);
  const pages = desk.steps(6, 40, 0.8);
  for (let page = 1; page <= pages && !desk.over; page++)
    thread.turn([
      acts.bash(`gh api 'repos/${repo}/${what}?per_page=100&page=${page}' --jq '.[].title'`, 1.2, `${page} done`),
    ]);
  thread.turn([acts.write("notes/summary.md")]);
}

/** Queries against a database until the odd rows are found. */
export function queries(desk: Desk): void {
  const { draw, acts, thread } = desk;
  for (let left = desk.steps(9, 35); left > 0 && !desk.over; left--) {
    const sql = `SELECT count(*) FROM ${draw.pick(TOPICS)} WHERE ${draw.pick(TOPICS)} > ${draw.int(1, 5000)}`;
    if (draw.chance(0.12))
      thread.turn([acts.bashFails(`psql -c "${sql}"`, `ERROR:  column "${draw.pick(TOPICS)}" does not exist`)]);
    else thread.turn([acts.bash(`psql -c "${sql}"`, 0.6, `${draw.int(0, 9000)} rows`)]);
  }
}

const TOPICS =
  "orders users sessions payments streams workers caching routing tracing pooling webhooks locales retries".split(" ");

import type { Desk } from "./desk.ts";

/** Work that mostly waits: checks of a pull request, a server that starts, a training run, a background task. */

/** Looks at a run of the checks again and again until it is done. */
export function pollChecks(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  const run = draw.int(1_000_000_000, 9_999_999_999);
  const pause = draw.pick([20, 30, 60, 60, 90, 120]);
  const form = draw.weighted({ sleepView: 4, watch: 2, list: 2, checks: 2, split: 2 });
  if (form === "watch") {
    thread.turn([acts.bash(`gh run watch ${run} --exit-status`, draw.int(120, 700), "completed success")]);
    return;
  }
  const command = {
    sleepView: `sleep ${pause} && gh run view ${run}`,
    list: `sleep ${pause}; gh run list --limit 1`,
    checks: `sleep ${pause}; gh pr checks ${project.pull}`,
    split: `gh run view ${run} --json status,conclusion`,
  }[form];
  const polls = Math.max(2, Math.min(28, Math.round((draw.size(7, 0.7, 1, 40) * 60) / pause)));
  for (let poll = 1; poll <= polls && !desk.over; poll++) {
    if (form === "split") thread.turn([acts.bash(`sleep ${pause}`, pause)]);
    const seconds = form === "split" ? 1.5 : pause + 1;
    const tookMs = Math.round(draw.size(seconds, 0.03, 0.5, seconds * 1.2) * 1_000);
    thread.turn([
      acts.bash(command, 1, poll < polls ? "in_progress" : "completed success", { tookMs, tokens: draw.int(40, 260) }),
    ]);
  }
  if (draw.chance(0.25)) thread.turn([acts.bash(`gh run view ${run} --log-failed | tail -60`, 3)]);
}

/** A training run or an import in the background, looked at every few minutes. */
export function pollJob(desk: Desk): void {
  const { draw, acts, thread } = desk;
  const log = `logs/${draw.pick(["train", "import", "crawl", "reindex"])}-${draw.int(1, 40)}.log`;
  thread.turn([acts.bash(`nohup python jobs/run.py > ${log} 2>&1 &`)]);
  const pause = draw.pick([60, 120, 180, 300, 300, 540]);
  const polls = Math.max(3, Math.min(26, Math.round((draw.size(25, 0.6, 4, 80) * 60) / pause)));
  for (let poll = 0; poll < polls && !desk.over; poll++) {
    const state = `step ${poll * draw.int(90, 110)} loss ${(3 / (poll + 1)).toFixed(3)}`;
    const tookMs = pause * 1_000 + draw.int(20, 900);
    thread.turn([acts.bash(`sleep ${pause} && tail -n 5 ${log}`, 1, state, { tookMs, tokens: draw.int(60, 400) })]);
  }
  if (draw.chance(0.5)) thread.turn([acts.read("jobs/run.py")]);
}

/** A server is started and asked whether it is up. */
export function startServer(desk: Desk): void {
  const { draw, acts, thread } = desk;
  const port = draw.pick([3000, 4000, 5173, 8000, 8080]);
  thread.turn([acts.act("Bash", { command: "npm run dev", run_in_background: true }, { tookMs: 300, tokens: 60 })]);
  const health = `curl -sf localhost:${port}/health`;
  for (let left = draw.count(1.6, 0.6, 0, 9); left > 0; left--) {
    thread.turn([
      acts.bashFails(
        draw.chance(0.6) ? health : `sleep 3 && ${health}`,
        `curl: (7) Failed to connect to localhost port ${port}`,
        1,
      ),
    ]);
    if (draw.chance(0.4))
      thread.turn([acts.act("TaskOutput", { task_id: "b1", block: false }, { tokens: draw.int(30, 300) })]);
  }
  thread.turn([acts.bash(health, 0.2, '{"ok":true}')]);
  for (let left = desk.steps(4, 14); left > 0; left--)
    thread.turn([
      acts.bash(`curl -s 'localhost:${port}/api/orders?id=${draw.int(1, 900)}'`, 0.3, `{"n":${draw.int(0, 99)}}`),
    ]);
}

/** A build in the background whose output is asked for until it ends. */
export function awaitTask(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  const task = `b${draw.hex(6)}`;
  thread.turn([acts.act("Bash", { command: project.build, run_in_background: true }, { tookMs: 250, tokens: 60 })]);
  for (let left = draw.count(4, 0.6, 1, 16); left > 0; left--) {
    const tookMs = draw.count(30_000, 0.4, 5_000, 120_000);
    thread.turn([
      acts.act("TaskOutput", { task_id: task, block: true, timeout: 30_000 }, { tookMs, tokens: draw.int(20, 400) }),
    ]);
  }
}

/** A flaky step: the same command, the same error, and then it works. */
export function flaky(desk: Desk): void {
  const { draw, acts, thread } = desk;
  const [command, error] = draw.pick([
    ["npm install", "npm error code ECONNRESET\nnpm error network aborted"],
    ["docker compose up -d db", "Error response from daemon: driver failed programming external connectivity"],
    ["git push", "ssh: connect to host github.com port 22: Connection timed out"],
    ["npx playwright test", "Error: page.goto: Timeout 30000ms exceeded."],
    ["terraform apply -auto-approve", "Error: acquiring the state lock: ConditionalCheckFailedException"],
  ] as const);
  for (let left = draw.count(1.5, 0.5, 1, 6); left > 0; left--) {
    thread.turn([acts.bashFails(command, error, 12)]);
    if (draw.chance(0.3)) thread.turn([acts.bash(`sleep ${draw.pick([5, 10, 30])}`, 10)]);
  }
  thread.turn([acts.bash(command, 12, "done")]);
}

/** Something is not allowed here: a few ways are tried, all end in the same error, and the agent gives up and says so. */
export function blocked(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  const error = draw.pick([
    "permission denied while trying to connect to the Docker daemon socket",
    "Error: 401 Unauthorized",
    'FATAL: role "app" does not exist',
    "error: externally-managed-environment",
  ]);
  for (let left = draw.count(4, 0.5, 2, 10); left > 0; left--) {
    thread.turn([
      acts.bashFails(draw.pick([project.build, project.testAll, `make ${draw.pick(["up", "db", "all"])}`]), error, 2),
    ]);
    if (draw.chance(0.3)) thread.turn([acts.glance()]);
  }
}

/** A deployment: the same few commands to look at the cluster, between changes. */
export function operate(desk: Desk): void {
  const { draw, acts, thread } = desk;
  const space = draw.pick(["prod", "staging"]);
  for (let left = desk.steps(7, 26); left > 0 && !desk.over; left--) {
    const pod = `web-${draw.hex(9)}-${draw.hex(5)}`;
    const step = draw.weighted({ pods: 4, logs: 3, describe: 2, apply: 2, rollout: 1, plan: 1 });
    const commands = {
      pods: `kubectl get pods -n ${space}`,
      logs: `kubectl logs ${pod} -n ${space} --tail=100`,
      describe: `kubectl describe pod ${pod} -n ${space}`,
      apply: `kubectl apply -f deploy/${space}.yaml`,
      rollout: `kubectl rollout status deploy/web -n ${space}`,
      plan: "terraform plan -no-color",
    };
    if (draw.chance(0.1))
      thread.turn([acts.bashFails(commands[step], "error: timed out waiting for the condition", 20)]);
    else thread.turn([acts.bash(commands[step], step === "plan" || step === "rollout" ? 20 : 1)]);
    if (draw.chance(0.25)) thread.turn([acts.edit(`deploy/${space}.yaml`)]);
  }
}

import type { AgentAdapter } from "../adapter.ts";
import { identityOf, listTranscripts, projectRoots } from "./layout.ts";
import { AGENT_NAME } from "./name.ts";
import { readPayload } from "./payload.ts";
import { TranscriptReader } from "./reader.ts";
import { SidecarReader } from "./sidecar.ts";

/** Claude Code: transcripts below `<config>/projects`. */
export const claudeCode: AgentAdapter = {
  name: AGENT_NAME,
  roots: projectRoots,
  list: listTranscripts,
  payload: readPayload,
  reader: (path, state) =>
    path.endsWith(".meta.json") ? new SidecarReader(identityOf(path)) : new TranscriptReader(identityOf(path), state),
};

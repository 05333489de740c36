import { Box, render, Text, useApp, useInput } from "ink";
import { useEffect, useState } from "react";

function App() {
  const [n, setN] = useState(0);
  const { exit } = useApp();
  useInput((input, key) => { if (input === "q") exit(); setN((x) => x + 1); if (key.return) throw new Error("boom"); if (input === "t") setTimeout(() => { throw new Error("timer boom"); }, 10); });
  useEffect(() => { const t = setInterval(() => setN((x) => x + 1), 1000); return () => clearInterval(t); }, []);
  const rows = process.stdout.rows;
  return <Box flexDirection="column" height={rows}><Text color="green">Hello {n}</Text><Text>{"\u001b[31mred\u001b[0m 日本"}</Text><Box flexGrow={1} /><Text>bottom</Text></Box>;
}

export async function startView(): Promise<void> {
  const app = render(<App />, { alternateScreen: true, incrementalRendering: true, exitOnCtrlC: true, interactive: true, patchConsole: false });
  await app.waitUntilExit();
}

// client.mjs stdio COMMAND ARGUMENT... | url URL — a session as an MCP client library has it: initialize, list the
// tools, call $TOOL with $ARGUMENTS (JSON), as often as $TIMES says. Prints what came back as one line of JSON.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [how, target, ...args] = process.argv.slice(2);
const transport =
  how === "url"
    ? new StreamableHTTPClientTransport(new URL(target))
    : new StdioClientTransport({ command: target, args, env: process.env, stderr: "inherit" });
const client = new Client({ name: "mcpctl-test", version: "1" });
await client.connect(transport);
const { tools } = await client.listTools();
let result;
for (let i = 0; i < Number(process.env.TIMES ?? 1); ++i)
  result = await client.callTool({ name: process.env.TOOL, arguments: JSON.parse(process.env.ARGUMENTS ?? "{}") });
console.log(JSON.stringify({ server: client.getServerVersion(), tools: tools.map((tool) => tool.name), result }));
await client.close();

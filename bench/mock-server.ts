// The mock endpoint as a process of its own. Options as JSON in its argument; prints its port, and what it counted when its input ends.
import { mockEndpoint, type MockOptions } from "../tests/helpers/mock-endpoint.ts";

const mock = await mockEndpoint(JSON.parse(process.argv[2] ?? "{}") as MockOptions);
console.log(mock.port);
for await (const _ of process.stdin);
const { requests, paid, mostAtOnce, tokens } = mock;
console.log(JSON.stringify({ requests, paid: [...paid.values()], mostAtOnce, tokens }));
await mock.stop();

// PEOPLE type one character RATE times a second for SECONDS into one note. Prints one JSON object.
//   node load.mjs ws://127.0.0.1:PORT SERVER-PID PEOPLE RATE SECONDS
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import WebSocket from "ws";
import * as Y from "yjs";

const [url, pid] = process.argv.slice(2);
const [people, rate, seconds] = process.argv.slice(4).map(Number);

/** CPU the server has used, in seconds (proc(5): ticks of 10 ms). */
function spent() {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

async function person() {
  const document = new Y.Doc();
  const { promise, resolve } = Promise.withResolvers?.() ?? later();
  const provider = new HocuspocusProvider({
    websocketProvider: new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket }),
    name: "note",
    document,
    onSynced: resolve,
  });
  provider.attach();
  await promise;
  return { provider, text: document.getText("note") };
}

function later() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const desks = await Promise.all(Array.from({ length: people }, person));
const each = rate * seconds;
const before = spent();
const begun = performance.now();
for (let n = 0; n < each; n += 1) {
  for (const { text } of desks) text.insert(text.length, "a");
  const due = begun + ((n + 1) * 1000) / rate;
  await sleep(Math.max(0, due - performance.now()));
}
while (desks.some(({ text }) => text.length < people * each)) await sleep(5);
const took = (performance.now() - begun) / 1000;
const cpu = spent() - before;
console.log(JSON.stringify({ ops: people * each, seconds: took, cpu, ops_per_cpu_second: (people * each) / cpu }));
process.exit(0);

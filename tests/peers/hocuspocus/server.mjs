// Hocuspocus on 127.0.0.1, every document kept in a file; prints its address once it listens.
import { mkdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Server } from "@hocuspocus/server";
import * as Y from "yjs";

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const file = (name) => join(folder, `${encodeURIComponent(name)}.bin`);

const server = new Server({
  port: 0,
  address: "127.0.0.1",
  quiet: true,
  async onLoadDocument({ document, documentName }) {
    const kept = await readFile(file(documentName)).catch(() => null);
    if (kept) Y.applyUpdate(document, kept);
  },
  async onStoreDocument({ document, documentName }) {
    await writeFile(file(documentName), Y.encodeStateAsUpdate(document));
  },
});
await server.listen();
console.log(`listening on ${server.webSocketURL}`);

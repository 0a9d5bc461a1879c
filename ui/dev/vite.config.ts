import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The window in a plain browser, with the sample company in the place of Rust. Never shipped. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  clearScreen: false,
  server: { host: "127.0.0.1", fs: { allow: [".."] } },
  build: { outDir: "../node_modules/.sample", emptyOutDir: true },
});
